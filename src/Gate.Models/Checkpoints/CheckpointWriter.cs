using System.Collections.Immutable;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints;

/// <summary>A tensor about to be written.</summary>
/// <param name="Name">Tensor name.</param>
/// <param name="Format">Element format on disk.</param>
/// <param name="Shape">Extents, slowest first.</param>
/// <param name="Write">Writes exactly the tensor's bytes to the stream, little-endian, row-major. Called once, in file order.</param>
public sealed record TensorToWrite(string Name, NumberFormat Format, ImmutableArray<long> Shape, Action<Stream> Write);

/// <summary>Writes safetensors files: temporary name, flush, rename; tensors in name order; the same bytes for the same input.</summary>
public static class CheckpointWriter
{
    /// <summary>Writes one file <c>model.safetensors</c>, or shards with an index when the total exceeds <paramref name="maximumShardBytes"/>.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="tensors">All tensors; written ordered by name, one after the other, never all in memory.</param>
    /// <param name="maximumShardBytes">Data bytes per shard.</param>
    /// <param name="cancellationToken">Stops between tensors; nothing with a final name is left behind.</param>
    public static void WriteTensors(
        string folder, IEnumerable<TensorToWrite> tensors, long maximumShardBytes = 5L << 30, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();
}
