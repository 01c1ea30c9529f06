using System.Text;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Normalization;

/// <summary>BERT's clean-up: control characters dropped, ideographs set apart, accents stripped before lower case.</summary>
internal sealed class BertNormalizer(bool cleansText, bool separatesIdeographs, bool stripsAccents, bool lowersCase) : INormalizer
{
    private static readonly LowercaseNormalizer Lowercase = new();

    /// <inheritdoc/>
    public string Normalize(string text)
    {
        if (cleansText)
            text = Cleansed(text);
        if (separatesIdeographs)
            text = Separated(text);
        if (stripsAccents)
        {
            text = CodePointText.Where(
                UnicodeNormalization.Normalize(text, NormalizationForm.FormD),
                codePoint => !CodePointSet.NonSpacingMarks.Contains(codePoint));
        }

        return lowersCase ? Lowercase.Normalize(text) : text;
    }

    private static string Cleansed(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int codePoint = CodePoints.At(text, i, out int length);
            if (CodePoints.IsWhiteSpace(codePoint) && codePoint is not ('\v' or '\f' or 0x85))
                result.Append(' ');
            else if (codePoint is not (0 or 0xFFFD) && !CodePointSet.Control.Contains(codePoint))
                result.Append(text, i, length);
            i += length;
        }

        return result.ToString();
    }

    private static string Separated(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int codePoint = CodePoints.At(text, i, out int length);
            bool isIdeograph = IsIdeograph(codePoint);
            result.Append(isIdeograph ? " " : "").Append(text, i, length).Append(isIdeograph ? " " : "");
            i += length;
        }

        return result.ToString();
    }

    // The ranges of the reference, the gap before 2B920 included.
    private static bool IsIdeograph(int codePoint) =>
        codePoint is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
            or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("bert").Add(cleansText).Add(separatesIdeographs).Add(stripsAccents).Add(lowersCase);
}
