using System.Globalization;
using System.Text;

namespace Gate.Models.Tokenization.Unicode;

/// <summary>Text operations as Python's <c>str</c> has them, on which published normalisers rest; .NET's own differ in the sets of characters.</summary>
public static class PythonText
{
    /// <summary><c>str.isspace</c> and <c>\s</c>: as <see cref="char.IsWhiteSpace(char)"/>, and U+001C to U+001F.</summary>
    public static bool IsWhiteSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    /// <summary><c>str.strip()</c>.</summary>
    public static string Strip(string text)
    {
        int start = 0;
        int end = text.Length;
        while (start < end && IsWhiteSpace(text[start]))
            start++;
        while (end > start && IsWhiteSpace(text[end - 1]))
            end--;
        return text[start..end];
    }

    /// <summary><c>str.rstrip()</c>.</summary>
    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsWhiteSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    /// <summary><c>str.lstrip()</c>.</summary>
    public static string TrimStart(string text)
    {
        int start = 0;
        while (start < text.Length && IsWhiteSpace(text[start]))
            start++;
        return text[start..];
    }

    /// <summary><c>str.capitalize()</c>: the first code point in upper case, all others in lower case.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0)
            return text;
        int first = text.Length > 1 && char.IsSurrogatePair(text, 0) ? 2 : 1;
        return text[..first].ToUpperInvariant() + Lower(text)[Lower(text[..first]).Length..];
    }

    /// <summary><c>text[:count]</c>: the first code points.</summary>
    public static string Take(string text, int count)
    {
        int end = 0;
        for (int taken = 0; taken < count && end < text.Length; taken++)
            end += end + 1 < text.Length && char.IsSurrogatePair(text, end) ? 2 : 1;
        return text[..end];
    }

    /// <summary><c>str.split()</c>: the runs between white space, none empty.</summary>
    public static string[] Split(string text)
    {
        List<string> parts = [];
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            bool inside = i < text.Length && !IsWhiteSpace(text[i]);
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            parts.Add(text[start..i]);
            start = -1;
        }

        return [.. parts];
    }

    /// <summary><c>" ".join(text.split())</c>.</summary>
    public static string CollapseWhiteSpace(string text) => string.Join(' ', Split(text));

    /// <summary><c>str.lower()</c>: full case mapping without culture; <c>İ</c> gives two code points, a capital sigma at a word's end <c>ς</c>.</summary>
    public static string Lower(string text)
    {
        StringBuilder result = new(text.Length);
        int index = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == 0x130)
                result.Append("i\u0307");
            else if (rune.Value == 0x3A3)
                result.Append(IsFinalSigma(text, index) ? '\u03C2' : '\u03C3');
            else
                result.Append(Rune.ToLowerInvariant(rune).ToString());
            index += rune.Utf16SequenceLength;
        }

        return result.ToString();
    }

    /// <summary><c>\w</c> of Python's <c>re</c>: letters, digits and other numbers, and the underscore; no combining marks.</summary>
    public static bool IsWord(Rune rune) => rune.Value == '_' || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or
        UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary><c>string.punctuation</c>: the 32 printable ASCII characters that are neither letter nor digit.</summary>
    public static bool IsAsciiPunctuation(char c) => c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');

    /// <summary>Number of code points, as <c>len</c> counts.</summary>
    public static int CodePoints(string text) => text.EnumerateRunes().Count();

    // Unicode's Final_Sigma: a cased letter before and none after, case-ignorable characters not counting.
    private static bool IsFinalSigma(string text, int index)
    {
        bool before = false;
        foreach (Rune rune in text[..index].EnumerateRunes())
            before = IsCased(rune) || (before && IsCaseIgnorable(rune));
        if (!before)
            return false;
        foreach (Rune rune in text[(index + 1)..].EnumerateRunes())
        {
            if (!IsCaseIgnorable(rune))
                return !IsCased(rune);
        }

        return true;
    }

    private static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsCaseIgnorable(Rune rune) =>
        rune.Value is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027 or 0xFE13 or 0xFE52 or 0xFE55
            or 0xFF07 or 0xFF0E or 0xFF1A
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
