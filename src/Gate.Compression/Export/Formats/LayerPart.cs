using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export.Formats;

/// <summary>One of the tensors that together hold a quantised layer.</summary>
/// <param name="Name">Tensor name.</param>
/// <param name="Format">Element format.</param>
/// <param name="Shape">Extents, slowest first.</param>
/// <param name="Bytes">Its bytes, little-endian, row-major.</param>
internal sealed record LayerPart(string Name, NumberFormat Format, ImmutableArray<long> Shape, byte[] Bytes)
{
    /// <summary>A part from its elements.</summary>
    public static LayerPart Of<T>(string name, NumberFormat format, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged => new(name, format, [.. shape], MemoryMarshal.AsBytes(values).ToArray());
}
