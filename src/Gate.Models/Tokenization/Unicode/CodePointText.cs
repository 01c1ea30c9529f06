using System.Text;

namespace Gate.Models.Tokenization.Unicode;

/// <summary>Texts by code point.</summary>
internal static class CodePointText
{
    /// <summary>The code points of a text of which something is true.</summary>
    public static string Where(string text, Func<int, bool> keep)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int codePoint = CodePoints.At(text, i, out int length);
            if (keep(codePoint))
                result.Append(text, i, length);
            i += length;
        }

        return result.ToString();
    }
}
