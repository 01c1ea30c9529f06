using System.Text;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Normalization;

/// <summary>The step <c>re.sub(r"\b(a|an|the)\b", " ", text)</c> of the question answering normalisers.</summary>
internal static class Articles
{
    /// <summary>Puts a space in the place of every run of word characters that is exactly <c>a</c>, <c>an</c> or <c>the</c>.</summary>
    public static string Remove(string text)
    {
        StringBuilder result = new(text.Length);
        int start = 0;
        int index = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int next = index + rune.Utf16SequenceLength;
            if (!PythonText.IsWord(rune))
            {
                AppendWord(result, text.AsSpan(start, index - start));
                result.Append(text, index, next - index);
                start = next;
            }

            index = next;
        }

        AppendWord(result, text.AsSpan(start));
        return result.ToString();
    }

    private static void AppendWord(StringBuilder result, ReadOnlySpan<char> word)
    {
        if (word is "a" or "an" or "the")
            result.Append(' ');
        else
            result.Append(word);
    }
}
