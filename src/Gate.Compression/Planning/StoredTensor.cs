using System.Collections.Immutable;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Planning;

/// <summary>A tensor as a file would hold it; only its size matters here.</summary>
/// <param name="Name">Tensor name.</param>
/// <param name="Format">Element format.</param>
/// <param name="Shape">Extents, slowest first.</param>
internal sealed record StoredTensor(string Name, NumberFormat Format, ImmutableArray<long> Shape)
{
    /// <summary>Bytes of the elements.</summary>
    public long Bytes => Shape.Aggregate((long)StoredFormats.SizeOf(Format), (product, extent) => checked(product * extent));
}
