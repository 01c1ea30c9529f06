using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Places in a text counted in code points, as Python counts, and in UTF-16 units, as .NET does.</summary>
internal static class CodePointIndex
{
    /// <summary>The number of code points.</summary>
    public static int Count(string text, WorkMeter work)
    {
        work.Write(text.Length);
        return text.Length - Pairs(text);
    }

    /// <summary>The code points as texts, or null when each is one unit and the text can be cut as it stands.</summary>
    public static string[]? Split(string text, WorkMeter work)
    {
        work.Write(text.Length);
        if (Pairs(text) == 0)
            return null;
        work.Step(text.Length);
        return [.. text.EnumerateRunes().Select(rune => rune.ToString())];
    }

    /// <summary>The place in code points of a place in units.</summary>
    public static int FromUnits(string text, int place) => place < 0 ? place : place - Pairs(text.AsSpan(0, place));

    private static int Pairs(ReadOnlySpan<char> text)
    {
        int pairs = 0;
        foreach (char unit in text)
            pairs += char.IsLowSurrogate(unit) ? 1 : 0;
        return pairs;
    }
}
