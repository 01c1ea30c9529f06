using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Checkpoints.Safetensors;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints;

/// <summary>A tensor about to be written.</summary>
/// <param name="Name">Tensor name.</param>
/// <param name="Format">Element format on disk.</param>
/// <param name="Shape">Extents, slowest first.</param>
/// <param name="Write">Writes exactly the tensor's bytes to the stream, little-endian, row-major. Called once, in file order.</param>
public sealed record TensorToWrite(string Name, NumberFormat Format, ImmutableArray<long> Shape, Action<Stream> Write)
{
    /// <summary>Bytes the tensor takes: the product of its shape times the element size.</summary>
    /// <exception cref="OverflowException">2⁶³ bytes or more.</exception>
    public long Length => Shape.Aggregate((long)StoredFormats.SizeOf(Format), (product, extent) => checked(product * extent));
}

/// <summary>
/// Writes safetensors files: temporary name, flush, rename; the same bytes for the same input. Tensors are in name order, wider elements before narrower
/// ones within a file, so that every tensor is aligned to its element size as some loaders demand.
/// </summary>
public static class CheckpointWriter
{
    /// <summary>Writes one file <c>model.safetensors</c>, or shards with an index when the total exceeds <paramref name="maximumShardBytes"/>.</summary>
    /// <param name="folder">An existing folder. Weights it already holds are replaced, and left-over shards of an earlier checkpoint removed.</param>
    /// <param name="tensors">All tensors; divided into shards by name and written one after the other, never all in memory.</param>
    /// <param name="maximumShardBytes">Data bytes per shard; a tensor larger than this gets a shard of its own.</param>
    /// <param name="cancellationToken">Stops between tensors; nothing with a final name is left behind.</param>
    /// <exception cref="GateException">Exit 4: the folder is missing or cannot be written (GATE3030), or the disk is full (GATE3031).</exception>
    /// <exception cref="ArgumentException">A name is empty or occurs twice, or an extent is negative.</exception>
    /// <exception cref="InvalidOperationException">A tensor wrote more or fewer bytes than its shape says.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the folder is as it was.</exception>
    public static void WriteTensors(
        string folder, IEnumerable<TensorToWrite> tensors, long maximumShardBytes = 5L << 30, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumShardBytes);
        ImmutableArray<TensorToWrite> ordered = [.. tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        CheckNames(ordered);
        ImmutableArray<IReadOnlyList<TensorToWrite>> shards = Divide(ordered, maximumShardBytes);
        using var files = new PendingFiles(folder);
        if (shards.Length == 1)
        {
            files.Write(CheckpointFolder.SingleFileName, stream => SafetensorsWriter.Write(stream, shards[0], cancellationToken));
        }
        else
        {
            for (int i = 0; i < shards.Length; i++)
                files.Write(ShardName(i, shards.Length), stream => SafetensorsWriter.Write(stream, shards[i], cancellationToken));
            files.Write(ShardIndex.FileName, stream => ShardIndexWriter.Write(stream, shards, ShardName));
        }

        cancellationToken.ThrowIfCancellationRequested();
        files.Publish(IsWeightFile);
    }

    private static void CheckNames(ImmutableArray<TensorToWrite> ordered)
    {
        for (int i = 0; i < ordered.Length; i++)
        {
            if (ordered[i].Name is "" or "__metadata__" || (i > 0 && ordered[i].Name == ordered[i - 1].Name))
                throw new ArgumentException($"Tensor name '{ordered[i].Name}' is empty, reserved or given twice.", nameof(ordered));
            if (ordered[i].Shape.Any(extent => extent < 0))
                throw new ArgumentException($"Tensor '{ordered[i].Name}' has a negative extent.", nameof(ordered));
        }
    }

    // Fills shards in name order; a shard is closed when the next tensor would not fit.
    private static ImmutableArray<IReadOnlyList<TensorToWrite>> Divide(ImmutableArray<TensorToWrite> ordered, long maximumShardBytes)
    {
        var shards = ImmutableArray.CreateBuilder<IReadOnlyList<TensorToWrite>>();
        var current = ImmutableArray.CreateBuilder<TensorToWrite>();
        long bytes = 0;
        foreach (TensorToWrite tensor in ordered)
        {
            if (current.Count > 0 && tensor.Length > maximumShardBytes - bytes)
            {
                shards.Add(current.ToImmutable());
                current.Clear();
                bytes = 0;
            }

            current.Add(tensor);
            bytes = checked(bytes + tensor.Length);
        }

        shards.Add(current.ToImmutable());
        return shards.ToImmutable();
    }

    private static string ShardName(int index, int count) => $"model-{index + 1:D5}-of-{count:D5}.safetensors";

    // What an earlier checkpoint in the same folder may have left: a reader would take the old single file before the new index.
    private static bool IsWeightFile(string name) =>
        name is CheckpointFolder.SingleFileName or ShardIndex.FileName
        || (name.StartsWith("model-", StringComparison.Ordinal) && name.EndsWith(".safetensors", StringComparison.Ordinal) && name.Contains("-of-"));
}
