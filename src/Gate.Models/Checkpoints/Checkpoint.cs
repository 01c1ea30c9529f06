using System.Collections.Frozen;
using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Checkpoints.Quantized;

namespace Gate.Models.Checkpoints;

/// <summary>
/// A Hugging Face model folder, open for reading: <c>config.json</c> and memory-mapped safetensors files. Nothing is read until it is asked for,
/// and no tensor is ever expanded as a whole unless the caller provides the destination. Reading is safe from several threads.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly TensorStore _store;
    private readonly FrozenDictionary<string, DerivedTensor> _derived;
    private readonly FrozenDictionary<string, TensorInfo> _byName;

    private Checkpoint(ModelConfiguration configuration, TensorStore store, ModelTensors tensors, string path)
    {
        (Folder, Path) = (store.Folder, path);
        Configuration = configuration;
        Quantization = tensors.Quantization;
        _store = store;
        _derived = tensors.Derived.ToFrozenDictionary(tensor => tensor.Info.Name, StringComparer.Ordinal);
        Tensors = [.. tensors.Plain.Concat(tensors.Derived.Select(tensor => tensor.Info)).OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        _byName = Tensors.ToFrozenDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The folder as the caller named it; the folder of the file when a GGUF file was named.</summary>
    public string Folder { get; }

    /// <summary>Where all of the model is: the folder, or the GGUF file.</summary>
    public string Path { get; }

    /// <summary>The parsed <c>config.json</c>.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>Every tensor of the model, ordered by name (ordinal). A quantised matrix appears once, as the binary32 matrix
    /// <c>scale · (code − zero)</c> that <see cref="ReadSingles(TensorInfo, long, long, Span{float})"/> computes row by row; its packed parts are in
    /// <see cref="StoredTensors"/>.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Every tensor the files hold, as they hold it, ordered by name (ordinal). The same as <see cref="Tensors"/> unless quantised.</summary>
    public IReadOnlyList<TensorInfo> StoredTensors => _store.Tensors;

    /// <summary>In which quantised format the weights are stored, or null when they are plain numbers.</summary>
    public QuantizationInfo? Quantization { get; }

    /// <summary>Whether the runtime is told to round activations in a way that is not computed here: they stay exact, and the candidate loses at least what is measured.</summary>
    public bool KeepsActivationsExact => Quantization is { QuantizesActivations: true } && !_derived.Values.Any(derived => derived.Integers is not null);

    /// <summary>Opens a model and checks every header, offset, shape and shard before returning; of quantised weights also the settings and the scales.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and <c>model.safetensors</c> or <c>model.safetensors.index.json</c>.</param>
    /// <exception cref="GateException">Exit 4: missing, truncated, inconsistent, hostile, pickled, or in a format Gate does not read.</exception>
    public static Checkpoint Open(string folder)
    {
        ModelConfiguration configuration = CheckpointFolder.ReadConfiguration(folder);
        TensorStore store = CheckpointFolder.OpenWeights(folder);
        return Present(configuration, store, () => QuantizedFolder.Present(folder, configuration, store), folder);
    }

    /// <summary>Bytes the files spend on a tensor: for a quantised matrix those of codes, scales, zero points and indices together.</summary>
    /// <param name="tensor">A tensor of <see cref="Tensors"/>.</param>
    public long StoredBytesOf(TensorInfo tensor) =>
        _derived.TryGetValue(tensor.Name, out DerivedTensor? derived) ? derived.Parts.Sum(part => part.Length) : tensor.Length;

    /// <summary>Bits of one code of a tensor, without scales, zero points and masks; the element size for plain tensors.</summary>
    /// <param name="tensor">A tensor of <see cref="Tensors"/>.</param>
    public double CodeBitsOf(TensorInfo tensor) =>
        _derived.TryGetValue(tensor.Name, out DerivedTensor? derived) ? derived.CodeBits : 8.0 * tensor.ElementSize;

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

    /// <summary>The bytes of a run of whole rows, straight from the memory map (no copy), or computed when the tensor is quantised. A row is one index
    /// of the first extent.</summary>
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
            if (FindDerived(tensor) is { } derived)
                derived.ReadRows(row, (int)count, part);
            else
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
        Release(tensor);
        return values;
    }

    /// <summary>SHA-256 over names, formats, shapes and bytes of all stored tensors in name order: the identity of the weights, whatever the sharding.
    /// Lower-case hexadecimal.</summary>
    /// <exception cref="GateException">Exit 4: a file changed since it was opened.</exception>
    public string ComputeWeightsHash(CancellationToken cancellationToken = default) => WeightsHash.Compute(this, cancellationToken);

    /// <summary>Lets the operating system take back the memory that reading a tensor through the map took. Bytes handed out before stay readable; they
    /// are fetched again.</summary>
    /// <param name="tensor">A tensor of this checkpoint.</param>
    public void Release(TensorInfo tensor)
    {
        if (FindDerived(tensor) is { } derived)
        {
            foreach (TensorInfo part in derived.Parts)
                _store.Release(part, 0, part.Length);
        }
        else
        {
            _store.Release(tensor, 0, tensor.Length);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    /// <summary>The same for a part of a tensor that is not quantised; of a quantised one nothing is given back.</summary>
    /// <param name="tensor">A tensor of this checkpoint.</param>
    /// <param name="offset">Bytes from the tensor's start.</param>
    /// <param name="count">Bytes.</param>
    internal void ReleaseRange(TensorInfo tensor, long offset, long count)
    {
        if (FindDerived(tensor) is null)
            _store.Release(tensor, offset, count);
    }

    /// <summary>Bytes of a tensor from a byte offset inside it, whatever its rows.</summary>
    /// <param name="tensor">A tensor of this checkpoint, as the model or as the files have it.</param>
    /// <param name="offset">Bytes from the tensor's start.</param>
    /// <param name="count">Bytes.</param>
    internal ReadOnlySpan<byte> ReadRange(TensorInfo tensor, long offset, int count)
    {
        if (FindDerived(tensor) is { } derived)
            return Compute(derived, offset, count);

        // A tensor of another checkpoint could point anywhere: only this checkpoint's own are followed.
        if (!ReferenceEquals(Find(tensor.Name), tensor) && !_store.Holds(tensor))
            throw new ArgumentException($"Tensor '{tensor.Name}' does not belong to {Folder}.", nameof(tensor));
        return _store.Read(tensor, offset, count);
    }

    /// <summary>The rows of a matrix that is to be multiplied as integers, or null.</summary>
    /// <param name="tensor">A tensor of <see cref="Tensors"/>.</param>
    internal IntegerRows? IntegersOf(TensorInfo tensor) => FindDerived(tensor)?.Integers;

    /// <summary>A checkpoint of tensors that are open.</summary>
    /// <param name="configuration">The model's configuration.</param>
    /// <param name="store">Its files; disposed when presenting fails.</param>
    /// <param name="present">The tensors as the model has them.</param>
    /// <param name="path">The folder, or the file that holds everything.</param>
    internal static Checkpoint Present(ModelConfiguration configuration, TensorStore store, Func<ModelTensors> present, string path)
    {
        try
        {
            if (store.Tensors.IsEmpty)
                throw GateException.Input("GATE3005", $"{store.Folder}: expected weights, found no tensors.", new SourceLocation(store.Folder), "Download or export the model again.");
            Checkpoint checkpoint = new(configuration, store, present(), path);
            foreach (DerivedTensor derived in checkpoint._derived.Values.OrderBy(derived => derived.Info.Name, StringComparer.Ordinal))
                QuantizedDiagnostics.RequireFiniteScales(checkpoint, derived);
            return checkpoint;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The same files with some plain tensors presented otherwise; this checkpoint is no longer used.</summary>
    /// <param name="names">Which tensors.</param>
    /// <param name="derive">What each becomes.</param>
    /// <exception cref="GateException">Exit 4 (GATE3027): one of them is packed.</exception>
    internal Checkpoint With(IReadOnlySet<string> names, Func<TensorStore, TensorInfo, IEnumerable<DerivedTensor>> derive)
    {
        if (names.FirstOrDefault(_derived.ContainsKey) is { } packed)
        {
            throw GateException.Input(
                "GATE3027", $"{Folder}: tensor '{packed}': expected plain numbers of [inputs, outputs], found packed weights, which have no such form.",
                new SourceLocation(Folder), "Quantise the model in a format of whole files (GGUF), or keep these layers dense.");
        }

        TensorInfo[] plain = [.. Tensors.Where(tensor => !_derived.ContainsKey(tensor.Name))];
        return new Checkpoint(Configuration, _store, new ModelTensors(
            [.. plain.Where(tensor => !names.Contains(tensor.Name))],
            [.. _derived.Values, .. plain.Where(tensor => names.Contains(tensor.Name)).SelectMany(tensor => derive(_store, tensor))],
            Quantization), Path);
    }

    /// <summary>The same files without some tensors, others under other names, and of some tensors some rows; this checkpoint stays the owner of the files.</summary>
    /// <param name="configuration">The configuration of what stays.</param>
    /// <param name="dropped">Tensors that go.</param>
    /// <param name="nameOf">New names.</param>
    /// <param name="rowsOf">Rows that stay, by old name.</param>
    internal Checkpoint Without(
        ModelConfiguration configuration, IReadOnlySet<string> dropped, IReadOnlyDictionary<string, string> nameOf, IReadOnlyDictionary<string, ImmutableArray<int>> rowsOf)
    {
        var plain = ImmutableArray.CreateBuilder<TensorInfo>();
        var derived = ImmutableArray.CreateBuilder<DerivedTensor>();
        foreach (TensorInfo tensor in Tensors.Where(tensor => !dropped.Contains(tensor.Name)))
        {
            string name = nameOf.GetValueOrDefault(tensor.Name, tensor.Name);
            if (rowsOf.TryGetValue(tensor.Name, out ImmutableArray<int> rows))
                derived.Add(new SelectedRows(name, this, tensor, rows));
            else if (_derived.TryGetValue(tensor.Name, out DerivedTensor? computed))
                derived.Add(name == tensor.Name ? computed : new RenamedTensor(computed, name));
            else
                plain.Add(name == tensor.Name ? tensor : tensor with { Name = name });
        }

        return new Checkpoint(configuration, _store, new ModelTensors(plain.ToImmutable(), derived.ToImmutable(), Quantization), Path);
    }

    private DerivedTensor? FindDerived(TensorInfo tensor) =>
        _derived.TryGetValue(tensor.Name, out DerivedTensor? derived) && ReferenceEquals(derived.Info, tensor) ? derived : null;

    private static ReadOnlySpan<byte> Compute(DerivedTensor derived, long offset, int count)
    {
        if (count == 0)
            return [];
        long rowLength = derived.Info.RowLength, rowBytes = rowLength * derived.Info.ElementSize;
        long first = offset / rowBytes, last = (offset + count - 1) / rowBytes;
        float[] values = new float[checked((last - first + 1) * rowLength)];
        derived.ReadRows(first, (int)(last - first + 1), values);
        return Widening.ToBytes(derived.Info.Format, values).AsSpan((int)(offset - (first * rowBytes)), count);
    }

    private GateException NotSingles(TensorInfo tensor) => GateException.Input(
        "GATE3022",
        $"{Folder}: tensor '{tensor.Name}': expected F32, F16 or BF16, found {StoredFormats.NameOf(tensor.Format)}.",
        new SourceLocation(System.IO.Path.Combine(Folder, tensor.File)),
        "Convert the checkpoint to bfloat16, float16 or float32 with the tool that made it.");
}
