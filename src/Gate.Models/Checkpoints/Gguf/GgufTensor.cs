using System.Collections.Immutable;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Models.Checkpoints.Gguf;

/// <summary>A tensor of a GGUF file.</summary>
/// <param name="Stored">As bytes: plain formats as they are, block formats as [rows, bytes of a row] of uint8.</param>
/// <param name="Format">Its block format.</param>
/// <param name="Shape">Extents, slowest first (the file has them the other way round).</param>
internal sealed record GgufTensor(TensorInfo Stored, GgufBlockFormat Format, ImmutableArray<long> Shape)
{
    /// <summary>Whether each element is stored on its own.</summary>
    public bool IsPlain => PlainFormat is not null;

    /// <summary>The format of a plain tensor, or null.</summary>
    public NumberFormat? PlainFormat => PlainFormatOf(Format);

    /// <summary>The element format of a plain block format, or null.</summary>
    public static NumberFormat? PlainFormatOf(GgufBlockFormat format) => format switch
    {
        GgufBlockFormat.F32 => NumberFormat.Float32,
        GgufBlockFormat.F16 => NumberFormat.Float16,
        GgufBlockFormat.BF16 => NumberFormat.BFloat16,
        _ => null,
    };
}
