using System.Collections.Frozen;
using System.Globalization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Patterns;

/// <summary>The sets that <c>\p{…}</c> can name: general categories and their groups, a few binary properties and scripts.</summary>
internal static class UnicodeProperties
{
    private static readonly string[] CategoryNames =
    [
        "lu", "ll", "lt", "lm", "lo", "mn", "mc", "me", "nd", "nl", "no", "zs", "zl", "zp", "cc", "cf", "cs", "co",
        "pc", "pd", "ps", "pe", "pi", "pf", "po", "sm", "sc", "sk", "so", "cn",
    ];

    private static readonly FrozenDictionary<string, string> LongNames = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["letter"] = "l",
        ["uppercaseletter"] = "lu",
        ["lowercaseletter"] = "ll",
        ["titlecaseletter"] = "lt",
        ["modifierletter"] = "lm",
        ["otherletter"] = "lo",
        ["mark"] = "m",
        ["nonspacingmark"] = "mn",
        ["number"] = "n",
        ["decimalnumber"] = "nd",
        ["letternumber"] = "nl",
        ["othernumber"] = "no",
        ["punctuation"] = "p",
        ["punct"] = "p",
        ["symbol"] = "s",
        ["separator"] = "z",
        ["spaceseparator"] = "zs",
        ["other"] = "c",
        ["control"] = "cc",
        ["cntrl"] = "cc",
        ["digit"] = "nd",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly (int First, int Last)[] Han =
    [
        (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1), (0x20000, 0x2A6DF), (0x2A700, 0x2B739),
        (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D), (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0x31350, 0x323AF),
    ];

    private static readonly (int First, int Last)[] Hiragana =
        [(0x3041, 0x3096), (0x309D, 0x309F), (0x1B001, 0x1B11F), (0x1B132, 0x1B132), (0x1B150, 0x1B152), (0x1F200, 0x1F200)];

    private static readonly (int First, int Last)[] Katakana =
    [
        (0x30A1, 0x30FA), (0x30FD, 0x30FF), (0x31F0, 0x31FF), (0x32D0, 0x32FE), (0x3300, 0x3357), (0xFF66, 0xFF6F), (0xFF71, 0xFF9D), (0x1AFF0, 0x1AFF3),
        (0x1AFF5, 0x1AFFB), (0x1AFFD, 0x1AFFE), (0x1B000, 0x1B000), (0x1B120, 0x1B122), (0x1B155, 0x1B155), (0x1B164, 0x1B167),
    ];

    /// <summary>The set of a property, or null when the name is not known. Case, spaces, hyphens and underscores do not matter.</summary>
    public static CharacterSet? Find(string name)
    {
        string key = string.Concat(name.Where(c => c is not (' ' or '-' or '_'))).ToLowerInvariant();
        key = LongNames.GetValueOrDefault(key, key);
        switch (key)
        {
            case "han":
                return CharacterSet.OfRanges(Han);
            case "hiragana":
                return CharacterSet.OfRanges(Hiragana);
            case "katakana":
                return CharacterSet.OfRanges(Katakana);
            case "space" or "whitespace":
                return CharacterSet.WhiteSpace;
            case "word":
                return CharacterSet.Words;
            case "any":
                return CharacterSet.OfRanges([(0, 0x10FFFF)]);
            case "ascii":
                return CharacterSet.OfRanges([(0, 0x7F)]);
            case "alnum":
                return CharacterSet.Of(codePoint => CodePoints.IsPatternWord(codePoint) && CodePoints.Category(codePoint) != UnicodeCategory.ConnectorPunctuation);
        }

        uint categories = 0;
        for (int i = 0; i < CategoryNames.Length; i++)
        {
            if (CategoryNames[i] == key || (key.Length == 1 && CategoryNames[i][0] == key[0]))
                categories |= 1u << i;
        }

        return categories == 0 ? null : CharacterSet.OfCategories(categories);
    }
}
