using Gate.Diagnostics;

namespace Gate.Models.Checkpoints;

/// <summary>
/// A Hugging Face model folder, open for reading: <c>config.json</c> and memory-mapped safetensors files. Nothing is read until it is asked for,
/// and no tensor is ever expanded as a whole unless the caller provides the destination.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private Checkpoint(string folder) => Folder = folder;

    /// <summary>The folder as the caller named it.</summary>
    public string Folder { get; }

    /// <summary>The parsed <c>config.json</c>.</summary>
    public ModelConfiguration Configuration => throw new NotImplementedException();

    /// <summary>Every tensor of every shard, ordered by name (ordinal).</summary>
    public IReadOnlyList<TensorInfo> Tensors => throw new NotImplementedException();

    /// <summary>Opens a folder and checks every header, offset, shape and shard before returning.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and <c>model.safetensors</c> or <c>model.safetensors.index.json</c>.</param>
    /// <exception cref="GateException">Exit 4: missing, truncated, inconsistent, hostile or pickled.</exception>
    public static Checkpoint Open(string folder) => throw new NotImplementedException();

    /// <summary>The description of a tensor, or null when the checkpoint has none of that name.</summary>
    public TensorInfo? Find(string name) => throw new NotImplementedException();

    /// <summary>The description of a tensor that must exist.</summary>
    /// <exception cref="GateException">Exit 4, naming the nearest tensors.</exception>
    public TensorInfo Require(string name) => throw new NotImplementedException();

    /// <summary>The stored bytes of a run of whole rows, straight from the memory map (no copy). A row is one index of the first extent.</summary>
    /// <param name="tensor">A tensor of this checkpoint.</param>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Rows; the span must fit 2³¹ − 1 bytes.</param>
    public ReadOnlySpan<byte> ReadBytes(TensorInfo tensor, long firstRow, long rowCount) => throw new NotImplementedException();

    /// <summary>Rows of a floating-point tensor, widened exactly to binary32.</summary>
    /// <param name="tensor">A Float32, Float16 or BFloat16 tensor of this checkpoint.</param>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Rows.</param>
    /// <param name="destination">Room for <paramref name="rowCount"/> × row length values.</param>
    public void ReadSingles(TensorInfo tensor, long firstRow, long rowCount, Span<float> destination) => throw new NotImplementedException();

    /// <summary>A whole floating-point tensor widened to binary32. For small tensors (norms, biases) and for one layer at a time.</summary>
    public float[] ReadSingles(string name) => throw new NotImplementedException();

    /// <summary>SHA-256 over names, formats, shapes and bytes of all tensors in name order: the identity of the weights, whatever the sharding.
    /// Lower-case hexadecimal.</summary>
    public string ComputeWeightsHash(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
