using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Patterns;

/// <summary>Finds the places where a text is split or replaced.</summary>
internal interface ISplitPattern
{
    /// <summary>Matches from left to right, not overlapping.</summary>
    IEnumerable<(int Start, int End)> Matches(string text);

    /// <summary>Adds everything that decides what this part does.</summary>
    void Describe(TokenizerDigest digest);
}

/// <summary>A regular expression.</summary>
internal sealed class RegexPattern(Pattern pattern) : ISplitPattern
{
    /// <inheritdoc/>
    public IEnumerable<(int Start, int End)> Matches(string text) => pattern.Matches(text);

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("expression").Add(pattern.Text);
}

/// <summary>A text, taken literally.</summary>
internal sealed class LiteralPattern(string literal) : ISplitPattern
{
    /// <summary>The text looked for.</summary>
    public string Text => literal;

    /// <inheritdoc/>
    public IEnumerable<(int Start, int End)> Matches(string text)
    {
        for (int i = text.IndexOf(literal, StringComparison.Ordinal); i >= 0; i = text.IndexOf(literal, i + literal.Length, StringComparison.Ordinal))
            yield return (i, i + literal.Length);
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("literal").Add(literal);
}

/// <summary>Every single code point of which something is true.</summary>
/// <param name="name">What is true of it.</param>
/// <param name="predicate">Whether it is.</param>
internal sealed class PredicatePattern(string name, Func<int, bool> predicate) : ISplitPattern
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

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("characters").Add(name);
}

/// <summary>Runs of word characters, and runs of what is neither of a word nor white space.</summary>
internal sealed class WordRunPattern : ISplitPattern
{
    /// <inheritdoc/>
    public IEnumerable<(int Start, int End)> Matches(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            RunKind kind = KindAt(text, start, out int length);
            int end = start + length;
            while (end < text.Length && KindAt(text, end, out length) == kind)
                end += length;
            if (kind != RunKind.WhiteSpace)
                yield return (start, end);
            start = end;
        }
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("word runs");

    private static RunKind KindAt(string text, int index, out int length)
    {
        int codePoint = CodePoints.At(text, index, out length);
        return CodePoints.IsWhiteSpace(codePoint) ? RunKind.WhiteSpace : CodePoints.IsWord(codePoint) ? RunKind.Word : RunKind.Other;
    }

    private enum RunKind
    {
        WhiteSpace,
        Word,
        Other,
    }
}
