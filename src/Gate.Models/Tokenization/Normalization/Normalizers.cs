using System.Text;
using Gate.Models.Tokenization.Patterns;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Normalization;

/// <summary>Normalisers in order.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<INormalizer> parts) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => parts.Aggregate(text, (current, part) => part.Normalize(current));
}

/// <summary>One of the four Unicode normalisation forms (UAX 15).</summary>
internal sealed class UnicodeFormNormalizer(NormalizationForm form) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => UnicodeNormalization.Normalize(text, form);
}

/// <summary>Lower case, as Rust's <c>str::to_lowercase</c>.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            // The one character whose lower case is two: I with a dot above.
            if (rune.Value == 0x130)
                result.Append("i\u0307");
            else
                result.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        return result.ToString();
    }
}

/// <summary>Replaces every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(ISplitPattern pattern, string content) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        int position = 0;
        foreach ((int start, int end) in pattern.Matches(text))
        {
            result.Append(text, position, start - position).Append(content);
            position = end;
        }

        return position == 0 && result.Length == 0 ? text : result.Append(text, position, text.Length - position).ToString();
    }
}

/// <summary>Puts a text in front of everything that is not empty.</summary>
internal sealed class PrependNormalizer(string content) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => text.Length == 0 ? text : content + text;
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
}

/// <summary>Drops combining marks (Mn, Mc, Me).</summary>
internal sealed class StripAccentsNormalizer : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => CodePointText.Where(text, codePoint =>
        CodePoints.Category(codePoint) is not (>= System.Globalization.UnicodeCategory.NonSpacingMark and <= System.Globalization.UnicodeCategory.EnclosingMark));
}
