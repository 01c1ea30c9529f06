using System.Collections.Immutable;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Models.Gguf.Writing;

/// <summary>A tensor about to be written to a GGUF file.</summary>
/// <param name="Name">Its name in the file, for example <c>blk.0.attn_q.weight</c>.</param>
/// <param name="Format">Its block format.</param>
/// <param name="Shape">Extents, slowest first; the file has them the other way round.</param>
/// <param name="Write">Writes exactly the tensor's bytes, rows in the order of the file. Called once, in file order.</param>
public sealed record GgufTensorToWrite(string Name, GgufBlockFormat Format, ImmutableArray<long> Shape, Action<Stream> Write)
{
    /// <summary>Bytes the tensor takes, without the padding behind it.</summary>
    public long Length => LengthOf(Format, Shape);

    /// <summary>Bytes of a tensor of whole blocks in every row.</summary>
    public static long LengthOf(GgufBlockFormat format, ImmutableArray<long> shape) =>
        checked(shape[..^1].Aggregate(1L, (product, extent) => checked(product * extent)) * GgufBlocks.BytesOf(format, shape[^1]));
}
