using System.Collections.Immutable;
using Gate.Models.Checkpoints.Gguf;

namespace Gate.Models.Gguf;

/// <summary>What a configuration is made from: the keys of a file that was read, or of one about to be written.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Keys">Values by key: long, double, bool, string, or something else for arrays.</param>
/// <param name="ShapeOf">Extents of a tensor by its name in the file, slowest first, or null when there is none.</param>
/// <param name="SinglesOf">Values of a small tensor of binary32 numbers.</param>
internal sealed record GgufContent(
    string Path, IReadOnlyDictionary<string, object?> Keys, Func<string, ImmutableArray<long>?> ShapeOf, Func<string, float[]> SinglesOf)
{
    /// <summary>Whether there is a tensor.</summary>
    public bool Has(string tensor) => ShapeOf(tensor) is not null;

    /// <summary>Whether there is a key.</summary>
    public bool HasKey(string key) => Keys.ContainsKey(key);

    /// <summary>An optional text.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3122): another type.</exception>
    public string? Text(string key) => Keys.TryGetValue(key, out object? value) ? value as string ?? throw Wrong(key, "a text", value) : null;

    /// <summary>A required integer of at least 1.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3122): missing, another type or out of range.</exception>
    public int Integer(string key) => HasKey(key) ? Integer(key, 1) : throw GgufDiagnostics.Metadata(Path, key, "an integer of at least 1", "no such key");

    /// <summary>An optional integer of at least 1; 0 too where that is the fallback.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3122): another type or out of range.</exception>
    public int Integer(string key, int fallback) => !Keys.TryGetValue(key, out object? value) ? fallback
        : value is long and >= 1 and <= int.MaxValue ? (int)(long)value
        : value is long and 0 && fallback == 0 ? 0
        : throw Wrong(key, "an integer of at least 1", value);

    /// <summary>An optional token id.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3122): another type or out of range.</exception>
    public int? TokenId(string key) => !Keys.TryGetValue(key, out object? value) ? null
        : value is long and >= 0 and < int.MaxValue ? (int)(long)value : throw Wrong(key, "a token id", value);

    /// <summary>An optional positive number; required without a fallback.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3122): missing, another type or out of range.</exception>
    public double Number(string key, double? fallback = null) => !Keys.TryGetValue(key, out object? value)
        ? fallback ?? throw GgufDiagnostics.Metadata(Path, key, "a positive number", "no such key")
        : value is double number && double.IsFinite(number) && number > 0 ? Shortest(number) : throw Wrong(key, "a positive number", value);

    /// <summary>An optional truth value.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3122): another type.</exception>
    public bool? Flag(string key) => !Keys.TryGetValue(key, out object? value) ? null : value is bool flag ? flag : throw Wrong(key, "true or false", value);

    // Most numbers lie in the file as binary32; what was meant is the shortest decimal that rounds to it, as a configuration would have it.
    private static double Shortest(double number) =>
        (float)number == number ? double.Parse(((float)number).ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture) : number;

    private Diagnostics.GateException Wrong(string key, string expected, object? value) =>
        GgufDiagnostics.Metadata(Path, key, expected, FormattableString.Invariant($"{value ?? "an array"}"));
}
