using System.Collections.Frozen;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints;

/// <summary>The element formats of the safetensors format: their names on disk and their sizes.</summary>
public static class StoredFormats
{
    private static readonly FrozenDictionary<string, NumberFormat> ByName = new Dictionary<string, NumberFormat>(StringComparer.Ordinal)
    {
        ["F64"] = NumberFormat.Float64,
        ["F32"] = NumberFormat.Float32,
        ["F16"] = NumberFormat.Float16,
        ["BF16"] = NumberFormat.BFloat16,
        ["F8_E4M3"] = NumberFormat.Float8E4M3,
        ["F8_E5M2"] = NumberFormat.Float8E5M2,
        ["I64"] = NumberFormat.Int64,
        ["I32"] = NumberFormat.Int32,
        ["I16"] = NumberFormat.Int16,
        ["I8"] = NumberFormat.Int8,
        ["U8"] = NumberFormat.UInt8,
        ["BOOL"] = NumberFormat.Boolean,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<NumberFormat, string> NameByFormat = ByName.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The names on disk, for messages.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The format a file calls <paramref name="name"/>, or null when Gate does not read it.</summary>
    public static NumberFormat? Find(string name) => ByName.TryGetValue(name, out NumberFormat format) ? format : null;

    /// <summary>The name on disk, for example <c>BF16</c>.</summary>
    public static string NameOf(NumberFormat format) => NameByFormat[format];

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(NumberFormat format) => format switch
    {
        NumberFormat.Float64 or NumberFormat.Int64 => 8,
        NumberFormat.Float32 or NumberFormat.Int32 => 4,
        NumberFormat.Float16 or NumberFormat.BFloat16 or NumberFormat.Int16 => 2,
        NumberFormat.Float8E4M3 or NumberFormat.Float8E5M2 or NumberFormat.Int8 or NumberFormat.UInt8 or NumberFormat.Boolean => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a stored format."),
    };

    /// <summary>A shape as messages show it, for example <c>[4096, 128]</c>.</summary>
    internal static string ShapeText(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
