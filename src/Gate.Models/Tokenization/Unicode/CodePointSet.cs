using System.Globalization;

namespace Gate.Models.Tokenization.Unicode;

/// <summary>
/// Sets of code points as the reference has them, read once from the resource <c>categories.txt</c>. The reference takes them from tables of Unicode 8 and 9,
/// which miss what was added later; this runtime's categories, those of its patterns, know it.
/// </summary>
internal sealed class CodePointSet
{
    private static readonly Lazy<Dictionary<string, CodePointSet>> Sets = new(Read);

    private readonly int[] _firsts;
    private readonly int[] _lasts;

    private CodePointSet(IEnumerable<(int First, int Last)> ranges)
    {
        (int First, int Last)[] sorted = [.. ranges.OrderBy(range => range.First)];
        (_firsts, _lasts) = ([.. sorted.Select(range => range.First)], [.. sorted.Select(range => range.Last)]);
    }

    /// <summary>Punctuation beyond ASCII (P, Unicode 8).</summary>
    public static CodePointSet Punctuation => Sets.Value["P"];

    /// <summary>Marks without width (Mn, Unicode 8).</summary>
    public static CodePointSet NonSpacingMarks => Sets.Value["N"];

    /// <summary>Control, format and private-use characters (Cc, Cf, Co, Unicode 8), tab and line breaks left out.</summary>
    public static CodePointSet Control => Sets.Value["C"];

    /// <summary>Combining marks (M, Unicode 9).</summary>
    public static CodePointSet CombiningMarks => Sets.Value["M"];

    /// <summary>Whether a code point is in the set.</summary>
    public bool Contains(int codePoint)
    {
        int index = Array.BinarySearch(_firsts, codePoint);
        return index >= 0 || (~index > 0 && codePoint <= _lasts[~index - 1]);
    }

    private static Dictionary<string, CodePointSet> Read()
    {
        using Stream stream = typeof(CodePointSet).Assembly.GetManifestResourceStream("categories.txt")
            ?? throw new InvalidOperationException("The sets of code points are missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' '))
            .GroupBy(fields => fields[0], fields => (Number(fields[1]), Number(fields[2])), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new CodePointSet(group), StringComparer.Ordinal);
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
