using System.Globalization;

namespace Gate.Models.Tokenization.Unicode;

/// <summary>The tables of the Unicode normalisation forms, read once from the resource <c>normalization.txt</c>.</summary>
internal sealed class NormalizationData
{
    private static readonly Lazy<NormalizationData> Shared = new(() => new NormalizationData());

    private readonly Dictionary<int, int> _classes = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int, int), int> _compositions = [];

    private NormalizationData()
    {
        using Stream stream = typeof(NormalizationData).Assembly.GetManifestResourceStream("normalization.txt")
            ?? throw new InvalidOperationException("The normalisation tables are missing from the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                Add(line.Split(' '));
        }
    }

    /// <summary>The tables.</summary>
    public static NormalizationData Instance => Shared.Value;

    /// <summary>The canonical combining class; 0 for starters.</summary>
    public int ClassOf(int codePoint) => codePoint < 0x300 ? 0 : _classes.GetValueOrDefault(codePoint);

    /// <summary>The decomposition, one level deep, or null.</summary>
    /// <param name="codePoint">Not a Hangul syllable.</param>
    /// <param name="isCompatible">Whether compatibility decompositions count.</param>
    public int[]? DecompositionOf(int codePoint, bool isCompatible) =>
        _canonical.GetValueOrDefault(codePoint) ?? (isCompatible ? _compatible.GetValueOrDefault(codePoint) : null);

    /// <summary>The primary composite of two code points, or −1.</summary>
    public int Compose(int first, int second) => _compositions.GetValueOrDefault((first, second), -1);

    private void Add(string[] fields)
    {
        int first = Number(fields[1]);
        if (fields[0] == "C")
        {
            int combiningClass = int.Parse(fields[3], CultureInfo.InvariantCulture);
            for (int codePoint = first; codePoint <= Number(fields[2]); codePoint++)
                _classes.Add(codePoint, combiningClass);
            return;
        }

        int[] parts = [.. fields.Skip(2).Select(Number)];
        (fields[0] == "K" ? _compatible : _canonical).Add(first, parts);
        if (fields[0] == "D")
            _compositions.Add((parts[0], parts[1]), first);
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
