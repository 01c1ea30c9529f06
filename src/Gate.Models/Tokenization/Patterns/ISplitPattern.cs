using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Patterns;

/// <summary>Finds the places where a text is split or replaced.</summary>
internal interface ISplitPattern
{
    /// <summary>Matches from left to right, not overlapping.</summary>
    IEnumerable<(int Start, int End)> Matches(string text);
}

/// <summary>A regular expression.</summary>
internal sealed class RegexPattern(Pattern pattern) : ISplitPattern
{
    /// <inheritdoc/>
    public IEnumerable<(int Start, int End)> Matches(string text) => pattern.Matches(text);
}

/// <summary>A text, taken literally.</summary>
internal sealed class LiteralPattern(string literal) : ISplitPattern
{
    /// <inheritdoc/>
    public IEnumerable<(int Start, int End)> Matches(string text)
    {
        for (int i = text.IndexOf(literal, StringComparison.Ordinal); i >= 0; i = text.IndexOf(literal, i + literal.Length, StringComparison.Ordinal))
            yield return (i, i + literal.Length);
    }
}

/// <summary>Every single code point of which something is true.</summary>
internal sealed class PredicatePattern(Func<int, bool> predicate) : ISplitPattern
{
    /// <inheritdoc/>
    public IEnumerable<(int Start, int End)> Matches(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            int codePoint = CodePoints.At(text, i, out int length);
            if (predicate(codePoint))
                yield return (i, i + length);
            i += length;
        }
    }
}
