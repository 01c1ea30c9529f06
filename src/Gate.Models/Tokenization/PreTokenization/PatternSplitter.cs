using Gate.Models.Tokenization.Patterns;

namespace Gate.Models.Tokenization.PreTokenization;

/// <summary>Splits at the matches of a pattern (or, inverted, at everything else).</summary>
internal sealed class PatternSplitter(ISplitPattern pattern, SplitBehavior behavior, bool isInverted) : IPreTokenizer
{
    /// <inheritdoc/>
    public IEnumerable<Piece> Split(Piece piece)
    {
        string text = piece.Text;
        foreach ((int start, int end) in Arrange(Cover(text)))
        {
            if (end > start)
                yield return new Piece(text[start..end], piece.IsAtStart && start == 0);
        }
    }

    // The whole text as alternating stretches, matched or not.
    private List<(int Start, int End, bool IsMatch)> Cover(string text)
    {
        var stretches = new List<(int, int, bool)>();
        int position = 0;
        foreach ((int start, int end) in pattern.Matches(text))
        {
            if (start > position)
                stretches.Add((position, start, isInverted));
            stretches.Add((start, end, !isInverted));
            position = end;
        }

        if (position < text.Length)
            stretches.Add((position, text.Length, isInverted));
        return stretches;
    }

    private IEnumerable<(int Start, int End)> Arrange(List<(int Start, int End, bool IsMatch)> stretches) => behavior switch
    {
        SplitBehavior.Isolated => stretches.Select(stretch => (stretch.Start, stretch.End)),
        SplitBehavior.Removed => stretches.Where(stretch => !stretch.IsMatch).Select(stretch => (stretch.Start, stretch.End)),
        SplitBehavior.Contiguous => Contiguous(stretches),
        SplitBehavior.MergedWithPrevious => MergedWithPrevious(stretches),
        _ => MergedWithNext(stretches),
    };

    private static List<(int Start, int End)> Contiguous(List<(int Start, int End, bool IsMatch)> stretches)
    {
        var result = new List<(int Start, int End)>();
        for (int i = 0; i < stretches.Count; i++)
        {
            if (i > 0 && stretches[i].IsMatch == stretches[i - 1].IsMatch)
                result[^1] = (result[^1].Start, stretches[i].End);
            else
                result.Add((stretches[i].Start, stretches[i].End));
        }

        return result;
    }

    // Of several matches in a row only the first is merged.
    private static List<(int Start, int End)> MergedWithPrevious(List<(int Start, int End, bool IsMatch)> stretches)
    {
        var result = new List<(int Start, int End)>();
        bool wasMatch = false;
        foreach ((int start, int end, bool isMatch) in stretches)
        {
            if (isMatch && !wasMatch && result.Count > 0)
                result[^1] = (result[^1].Start, end);
            else
                result.Add((start, end));
            wasMatch = isMatch;
        }

        return result;
    }

    // Of several matches in a row only the last is merged.
    private static List<(int Start, int End)> MergedWithNext(List<(int Start, int End, bool IsMatch)> stretches)
    {
        var result = new List<(int Start, int End)>();
        bool wasMatch = false;
        for (int i = stretches.Count - 1; i >= 0; i--)
        {
            (int start, int end, bool isMatch) = stretches[i];
            if (isMatch && !wasMatch && result.Count > 0)
                result[^1] = (start, result[^1].End);
            else
                result.Add((start, end));
            wasMatch = isMatch;
        }

        result.Reverse();
        return result;
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => pattern.Describe(digest.Add("split").Add((int)behavior).Add(isInverted));
}
