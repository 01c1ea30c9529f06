using System.Globalization;
using System.Text;

namespace Gate.Models.Tokenization.Unicode;

/// <summary>Questions about single code points, answered as Rust's standard library and the Oniguruma library answer them.</summary>
internal static class CodePoints
{
    /// <summary>The code point at an index of well-formed UTF-16, and how many units it takes.</summary>
    public static int At(ReadOnlySpan<char> text, int index, out int length)
    {
        char first = text[index];
        if (!char.IsHighSurrogate(first) || index + 1 >= text.Length)
        {
            length = 1;
            return first;
        }

        length = 2;
        return char.ConvertToUtf32(first, text[index + 1]);
    }

    /// <summary>The start of the code point that ends before an index.</summary>
    public static int Before(ReadOnlySpan<char> text, int index) =>
        index >= 2 && char.IsLowSurrogate(text[index - 1]) && char.IsHighSurrogate(text[index - 2]) ? index - 2 : index - 1;

    /// <summary>The property White_Space.</summary>
    public static bool IsWhiteSpace(int codePoint) =>
        codePoint is (>= 9 and <= 13) or 0x20 or 0x85 or 0xA0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000;

    /// <summary>The general categories N (Nd, Nl, No).</summary>
    public static bool IsNumeric(int codePoint) =>
        Category(codePoint) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>The general categories P, and the symbols of ASCII.</summary>
    public static bool IsPunctuation(int codePoint) => codePoint < 128
        ? codePoint is > 32 and < 127 && !char.IsAsciiLetterOrDigit((char)codePoint)
        : CodePointSet.Punctuation.Contains(codePoint);

    /// <summary>A character of words as Rust's regular expressions see it (UTS 18), which is how added tokens look at their neighbours: joiners are among them.</summary>
    public static bool IsWord(int codePoint) => IsAlphanumeric(codePoint) || codePoint is 0x200C or 0x200D;

    /// <summary>A character of words as the patterns of tokenizers see it: Oniguruma counts the superscripts and fractions of Latin-1, and no joiners.</summary>
    public static bool IsPatternWord(int codePoint) => IsAlphanumeric(codePoint) || codePoint is 0xB2 or 0xB3 or 0xB9 or (>= 0xBC and <= 0xBE);

    // Alphabetic, a mark, a decimal digit, connecting punctuation.
    private static bool IsAlphanumeric(int codePoint)
    {
        switch (Category(codePoint))
        {
            case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
                or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation:
                return true;
            case UnicodeCategory.OtherSymbol:
                return codePoint is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);
            default:
                return false;
        }
    }

    /// <summary>The general category.</summary>
    public static UnicodeCategory Category(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint);

    /// <summary>Simple case folding, close enough for patterns: two code points match without regard to case when their folds are equal.</summary>
    public static int Fold(int codePoint) => codePoint switch
    {
        0x017F => 's',
        0x212A => 'k',
        0x212B => 0xE5,
        _ when Rune.IsValid(codePoint) => Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(codePoint))).Value,
        _ => codePoint,
    };

    /// <summary>The text with every unpaired surrogate replaced by U+FFFD, as an encoder to UTF-8 does.</summary>
    public static string WellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
            else
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }

        return text;
    }
}
