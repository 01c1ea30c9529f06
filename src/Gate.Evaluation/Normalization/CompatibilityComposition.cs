using System.Globalization;
using System.Text;

namespace Gate.Evaluation.Normalization;

/// <summary>
/// Normalization Form KC (Unicode Standard Annex 15): full compatibility decomposition, canonical ordering, canonical composition.
/// Gate carries the data itself, because .NET returns every text unchanged when globalisation is invariant.
/// </summary>
internal static class CompatibilityComposition
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28, HangulCount = LeadCount * VowelCount * TailCount;

    private static readonly Dictionary<int, int[]> _decompositions = [];
    private static readonly Dictionary<int, int> _classes = [];
    private static readonly Dictionary<(int First, int Second), int> _compositions = [];

    static CompatibilityComposition()
    {
        using Stream stream = typeof(CompatibilityComposition).Assembly.GetManifestResourceStream("UnicodeNormalization.txt")!;
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#')
                continue;
            int[] values = [.. line[2..].Split(' ').Select(text => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            switch (line[0])
            {
                case 'D':
                    _decompositions.Add(values[0], values[1..]);
                    break;
                case 'R':
                    for (int codePoint = values[0]; codePoint <= values[1]; codePoint++)
                        _classes.Add(codePoint, values[2]);
                    break;
                default:
                    _compositions.Add((values[0], values[1]), values[2]);
                    break;
            }
        }
    }

    /// <summary>The text in Normalization Form KC; half surrogate pairs become U+FFFD.</summary>
    public static string Apply(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        List<int> codePoints = Decompose(text);
        Order(codePoints);
        StringBuilder result = new(text.Length);
        foreach (int codePoint in Compose(codePoints))
            result.Append(new Rune(codePoint).ToString());
        return result.ToString();
    }

    private static List<int> Decompose(string text)
    {
        List<int> result = [];
        foreach (Rune rune in text.EnumerateRunes())
        {
            int syllable = rune.Value - HangulBase;
            if (syllable is >= 0 and < HangulCount)
            {
                result.Add(LeadBase + (syllable / (VowelCount * TailCount)));
                result.Add(VowelBase + (syllable / TailCount % VowelCount));
                if (syllable % TailCount > 0)
                    result.Add(TailBase + (syllable % TailCount));
            }
            else if (_decompositions.TryGetValue(rune.Value, out int[]? parts))
            {
                result.AddRange(parts);
            }
            else
            {
                result.Add(rune.Value);
            }
        }

        return result;
    }

    // Stable insertion sort of every run of non-starters by combining class.
    private static void Order(List<int> codePoints)
    {
        for (int i = 1; i < codePoints.Count; i++)
        {
            int codePoint = codePoints[i];
            int rank = ClassOf(codePoint);
            int j = i;
            for (; rank > 0 && j > 0 && ClassOf(codePoints[j - 1]) > rank; j--)
                codePoints[j] = codePoints[j - 1];
            codePoints[j] = codePoint;
        }
    }

    private static List<int> Compose(List<int> codePoints)
    {
        List<int> result = [];
        int starter = -1;
        int lastClass = 0;
        foreach (int codePoint in codePoints)
        {
            int rank = ClassOf(codePoint);
            bool adjacent = starter == result.Count - 1;
            if (starter >= 0 && (adjacent || (lastClass < rank && lastClass > 0)) && Pair(result[starter], codePoint) is { } composite)
            {
                result[starter] = composite;
                continue;
            }

            if (rank == 0)
                starter = result.Count;
            lastClass = rank;
            result.Add(codePoint);
        }

        return result;
    }

    private static int? Pair(int first, int second)
    {
        if (first - LeadBase is >= 0 and < LeadCount && second - VowelBase is >= 0 and < VowelCount)
            return HangulBase + ((((first - LeadBase) * VowelCount) + (second - VowelBase)) * TailCount);
        bool openSyllable = first - HangulBase is >= 0 and < HangulCount && (first - HangulBase) % TailCount == 0;
        if (openSyllable && second - TailBase is > 0 and < TailCount)
            return first + (second - TailBase);
        return _compositions.TryGetValue((first, second), out int composite) ? composite : null;
    }

    private static int ClassOf(int codePoint) => _classes.GetValueOrDefault(codePoint);
}
