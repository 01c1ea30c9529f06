namespace Gate.Models.Tokenization.Chat.Values;

/// <summary>Counts the work of one rendering and ends it beyond what any real template needs, so that a hostile one cannot hang the gate.</summary>
internal sealed class WorkMeter
{
    /// <summary>Most steps: nodes evaluated, elements visited, and one for every 64 characters written or searched.</summary>
    public const long MaximumSteps = 1_000_000;

    /// <summary>Most UTF-16 units of one text, the output included.</summary>
    public const int MaximumCharacters = 4_000_000;

    /// <summary>Most elements of a range, as in Jinja's sandbox.</summary>
    public const int MaximumRange = 100_000;

    private const int CharactersPerStep = 64;
    private long _steps;

    /// <summary>Counts steps.</summary>
    /// <exception cref="WorkLimitFault">There are too many.</exception>
    public void Step(long steps = 1)
    {
        _steps += steps;
        if (_steps > MaximumSteps || steps < 0)
            throw new WorkLimitFault($"the template takes more than {MaximumSteps:N0} steps");
    }

    /// <summary>Counts a text before it is made.</summary>
    /// <param name="characters">Its length in UTF-16 units.</param>
    /// <exception cref="WorkLimitFault">It is too long.</exception>
    public void Write(long characters)
    {
        if (characters > MaximumCharacters)
            throw new WorkLimitFault($"the template makes a text of more than {MaximumCharacters:N0} characters");
        Step(characters / CharactersPerStep);
    }

    /// <summary>Counts a search for one text in another, at its worst.</summary>
    public void Search(string text, string sought) => Step(text.Length / CharactersPerStep * (1 + (sought.Length / 64L)));
}
