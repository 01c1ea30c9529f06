using System.Text;
using Gate.Models.Tokenization.Chat.Values;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>
/// Upper and lower case as Python has them, but for what becomes several letters in upper case: of those only <c>ß</c> does here; ligatures and Greek letters
/// with iota stay as they are.
/// </summary>
internal static class TextCase
{
    /// <summary><c>str.upper</c>.</summary>
    public static string Upper(string text, WorkMeter work)
    {
        work.Write(text.Length);
        return string.Concat(text.EnumerateRunes().Select(Upper));
    }

    /// <summary><c>str.lower</c>.</summary>
    public static string Lower(string text, WorkMeter work)
    {
        // Each capital sigma looks at the whole text.
        work.Write(text.Length);
        work.Step(text.Count(unit => unit == 'Σ') * (text.Length / 64L));
        return PythonText.Lower(text);
    }

    /// <summary><c>str.title</c>: a letter that follows no letter is a capital.</summary>
    public static string Title(string text, WorkMeter work)
    {
        var result = new StringBuilder(text.Length);
        string lower = Lower(text, work);
        bool afterLetter = false;
        foreach (Rune rune in lower.EnumerateRunes())
        {
            result.Append(afterLetter ? rune.ToString() : Capital(rune));
            afterLetter = IsCased(rune);
        }

        return result.ToString();
    }

    /// <summary><c>str.capitalize</c>.</summary>
    public static string Capitalize(string text, WorkMeter work)
    {
        if (text.Length == 0)
            return text;
        Rune first = text.EnumerateRunes().First();
        return Capital(first) + Lower(text[first.Utf16SequenceLength..], work);
    }

    /// <summary><c>str.isupper</c>.</summary>
    public static bool IsUpper(string text, WorkMeter work) => text.EnumerateRunes().Any(IsCased) && Upper(text, work) == text;

    /// <summary><c>str.islower</c>.</summary>
    public static bool IsLower(string text, WorkMeter work) => text.EnumerateRunes().Any(IsCased) && Lower(text, work) == text;

    private static string Upper(Rune rune) => rune.Value == 'ß' ? "SS" : Rune.ToUpperInvariant(rune).ToString();

    private static string Capital(Rune rune) => rune.Value == 'ß' ? "Ss" : Upper(rune);

    private static bool IsCased(Rune rune) => Rune.IsUpper(rune) || Rune.IsLower(rune);
}
