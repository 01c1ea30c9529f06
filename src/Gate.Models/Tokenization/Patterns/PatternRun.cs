namespace Gate.Models.Tokenization.Patterns;

/// <summary>The state of matching one pattern against one text, with a bound on the work: the same for every machine, unlike a clock.</summary>
internal sealed class PatternRun
{
    private const int MaximumDepth = 2000;

    private long _steps;
    private int _depth;

    /// <summary>Starts on a text.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="loops">Number of <see cref="PatternStep.Star"/> steps in the pattern.</param>
    public PatternRun(string text, int loops)
    {
        Text = text;
        LastIteration = new int[loops];
        Array.Fill(LastIteration, -1);
        _steps = 50_000_000 + (200L * text.Length);
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Where the running iteration of each loop began, to end loops over nothing.</summary>
    public int[] LastIteration { get; }

    /// <summary>Counts work.</summary>
    /// <exception cref="PatternTooSlowException">Too much of it.</exception>
    public void Count(int steps = 1)
    {
        _steps -= steps;
        if (_steps < 0)
            throw new PatternTooSlowException();
    }

    /// <summary>Counts a nested iteration, which takes stack.</summary>
    /// <exception cref="PatternTooSlowException">Too many of them.</exception>
    public void Enter()
    {
        Count();
        if (++_depth > MaximumDepth)
            throw new PatternTooSlowException();
    }

    /// <summary>Leaves a nested iteration.</summary>
    public void Exit() => _depth--;
}
