using System.Collections.Frozen;
using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Checkpoints.Safetensors;

namespace Gate.Models.Checkpoints;

/// <summary>
/// A Hugging Face model folder, open for reading: <c>config.json</c> and memory-mapped safetensors files. Nothing is read until it is asked for,
/// and no tensor is ever expanded as a whole unless the caller provides the destination. Reading is safe from several threads.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly FrozenDictionary<string, SafetensorsFile> _files;
    private readonly FrozenDictionary<string, TensorInfo> _byName;

    private Checkpoint(string folder, ModelConfiguration configuration, IReadOnlyList<SafetensorsFile> files)
    {
        Folder = folder;
        Configuration = configuration;
        _files = files.ToFrozenDictionary(file => file.Name, StringComparer.Ordinal);
        Tensors = [.. files.SelectMany(file => file.Tensors).OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        _byName = Tensors.ToFrozenDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The folder as the caller named it.</summary>
    public string Folder { get; }

    /// <summary>The parsed <c>config.json</c>.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>Every tensor of every shard, ordered by name (ordinal).</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Opens a folder and checks every header, offset, shape and shard before returning.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and <c>model.safetensors</c> or <c>model.safetensors.index.json</c>.</param>
    /// <exception cref="GateException">Exit 4: missing, truncated, inconsistent, hostile or pickled.</exception>
    public static Checkpoint Open(string folder)
    {
        ModelConfiguration configuration = CheckpointFolder.ReadConfiguration(folder);
        IReadOnlyList<SafetensorsFile> files = CheckpointFolder.OpenWeights(folder);
        if (files.Any(file => !file.Tensors.IsEmpty))
            return new Checkpoint(folder, configuration, files);
        foreach (SafetensorsFile file in files)
            file.Dispose();
        throw GateException.Input("GATE3005", $"{folder}: expected weights, found no tensors.", new SourceLocation(folder), "Download or export the model again.");
    }

    /// <summary>The description of a tensor, or null when the checkpoint has none of that name.</summary>
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The description of a tensor that must exist.</summary>
    /// <exception cref="GateException">Exit 4, naming the nearest tensors.</exception>
    public TensorInfo Require(string name)
    {
        if (Find(name) is { } tensor)
            return tensor;
        string nearest = NearestName.Find(name, _byName.Keys) is { } near ? $"; the nearest is '{near}'" : "";
        throw GateException.Input(
            "GATE3021",
            $"{Folder}: expected tensor '{name}', found {Tensors.Count} tensors of other names{nearest}.",
            new SourceLocation(Folder),
            "Check that config.json belongs to these weights; run 'gate inspect' to list the tensors.");
    }

    /// <summary>The stored bytes of a run of whole rows, straight from the memory map (no copy). A row is one index of the first extent.</summary>
    /// <param name="tensor">A tensor of this checkpoint.</param>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Rows; the span must fit 2³¹ − 1 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Rows outside the tensor, or more than 2³¹ − 1 bytes.</exception>
    /// <exception cref="GateException">Exit 4: the file changed since it was opened.</exception>
    public ReadOnlySpan<byte> ReadBytes(TensorInfo tensor, long firstRow, long rowCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow, tensor.RowCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowCount, tensor.RowCount - firstRow);
        long rowBytes = tensor.Length == 0 ? 0 : tensor.RowLength * tensor.ElementSize;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowCount * rowBytes, int.MaxValue, nameof(rowCount));
        return ReadRange(tensor, firstRow * rowBytes, (int)(rowCount * rowBytes));
    }

    /// <summary>Rows of a floating-point tensor, widened exactly to binary32.</summary>
    /// <param name="tensor">A Float32, Float16 or BFloat16 tensor of this checkpoint.</param>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Rows.</param>
    /// <param name="destination">Room for <paramref name="rowCount"/> × row length values.</param>
    /// <exception cref="GateException">Exit 4: the tensor holds another format (GATE3022), or the file changed since it was opened.</exception>
    public void ReadSingles(TensorInfo tensor, long firstRow, long rowCount, Span<float> destination)
    {
        if (!Widening.Supports(tensor.Format))
            throw NotSingles(tensor);

        // Large runs are cut into pieces that a span can address; a single row of 2 GiB does not occur in a matrix.
        long rowLength = tensor.RowLength;
        long rowsAtOnce = Math.Max(1, (1L << 26) / Math.Max(1, rowLength));
        for (long row = firstRow; row < firstRow + rowCount; row += rowsAtOnce)
        {
            long count = Math.Min(rowsAtOnce, firstRow + rowCount - row);
            Span<float> part = destination.Slice(checked((int)((row - firstRow) * rowLength)), checked((int)(count * rowLength)));
            Widening.ToSingles(tensor.Format, ReadBytes(tensor, row, count), part);
        }
    }

    /// <summary>A whole floating-point tensor widened to binary32. For small tensors (norms, biases) and for one layer at a time.</summary>
    /// <exception cref="GateException">Exit 4: no such tensor, or one that cannot be widened to binary32.</exception>
    public float[] ReadSingles(string name)
    {
        TensorInfo tensor = Require(name);
        if (!Widening.Supports(tensor.Format))
            throw NotSingles(tensor);
        float[] values = new float[checked((int)tensor.ElementCount)];
        ReadSingles(tensor, 0, tensor.RowCount, values);
        return values;
    }

    /// <summary>SHA-256 over names, formats, shapes and bytes of all tensors in name order: the identity of the weights, whatever the sharding.
    /// Lower-case hexadecimal.</summary>
    /// <exception cref="GateException">Exit 4: a file changed since it was opened.</exception>
    public string ComputeWeightsHash(CancellationToken cancellationToken = default) => WeightsHash.Compute(this, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafetensorsFile file in _files.Values)
            file.Dispose();
    }

    /// <summary>Stored bytes of a tensor from a byte offset inside it, whatever its rows.</summary>
    /// <param name="tensor">A tensor of this checkpoint.</param>
    /// <param name="offset">Bytes from the tensor's start.</param>
    /// <param name="count">Bytes.</param>
    internal ReadOnlySpan<byte> ReadRange(TensorInfo tensor, long offset, int count)
    {
        // A tensor of another checkpoint could point anywhere: only this checkpoint's own are followed.
        if (!ReferenceEquals(Find(tensor.Name), tensor))
            throw new ArgumentException($"Tensor '{tensor.Name}' does not belong to {Folder}.", nameof(tensor));
        return _files[tensor.File].Read(tensor.Offset + offset, count);
    }

    private GateException NotSingles(TensorInfo tensor) => GateException.Input(
        "GATE3022",
        $"{Folder}: tensor '{tensor.Name}': expected F32, F16 or BF16, found {StoredFormats.NameOf(tensor.Format)}.",
        new SourceLocation(Path.Combine(Folder, tensor.File)),
        "Convert the checkpoint to bfloat16, float16 or float32 with the tool that made it.");
}
