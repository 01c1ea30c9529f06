using System.Text;
using Gate.Models.Tokenization.Patterns;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Normalization;

/// <summary>Normalisers in order.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<INormalizer> parts) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => parts.Aggregate(text, (current, part) => part.Normalize(current));

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("sequence").Add(parts, (part, into) => part.Describe(into));
}

/// <summary>One of the four Unicode normalisation forms (UAX 15).</summary>
internal sealed class UnicodeFormNormalizer(NormalizationForm form) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => UnicodeNormalization.Normalize(text, form);

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("form").Add((int)form);
}

/// <summary>Lower case, as Rust's <c>str::to_lowercase</c>.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var result = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (Rune rune in text.EnumerateRunes())
        {
            // The one character whose lower case is two: I with a dot above.
            if (rune.Value == 0x130)
                result.Append("i\u0307");
            else
                result.Append(units[..Lower(rune).EncodeToUtf16(units)]);
        }

        return result.ToString();
    }

    // The reference knows the letters of Unicode 17, this runtime those of 16.
    private static Rune Lower(Rune rune) => rune.Value switch
    {
        0xA7CE or 0xA7D2 or 0xA7D4 => new Rune(rune.Value + 1),
        >= 0x16EA0 and <= 0x16EB8 => new Rune(rune.Value + 0x1B),
        _ => Rune.ToLowerInvariant(rune),
    };

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("lower case");
}

/// <summary>Replaces every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(ISplitPattern pattern, string content) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text)
    {
        if (pattern is LiteralPattern literal)
            return text.Replace(literal.Text, content, StringComparison.Ordinal);
        var result = new StringBuilder(text.Length);
        int position = 0;
        foreach ((int start, int end) in pattern.Matches(text))
        {
            result.Append(text, position, start - position).Append(content);
            position = end;
        }

        return position == 0 && result.Length == 0 ? text : result.Append(text, position, text.Length - position).ToString();
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => pattern.Describe(digest.Add("replace").Add(content));
}

/// <summary>Puts a text in front of everything that is not empty.</summary>
internal sealed class PrependNormalizer(string content) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => text.Length == 0 ? text : content + text;

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("prepend").Add(content);
}

/// <summary>Cuts white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text)
    {
        int start = 0;
        int end = text.Length;
        while (left && start < end && CodePoints.IsWhiteSpace(text[start]))
            start++;
        while (right && end > start && CodePoints.IsWhiteSpace(text[end - 1]))
            end--;
        return text[start..end];
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("strip").Add(left).Add(right);
}

/// <summary>Drops combining marks (Mn, Mc, Me).</summary>
internal sealed class StripAccentsNormalizer : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => CodePointText.Where(text, codePoint => !CodePointSet.CombiningMarks.Contains(codePoint));

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("strip accents");
}
