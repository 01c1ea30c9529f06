using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Calibration;
using Gate.Models.Inference.Engine;
using Gate.Models.Inference.Engine.Managed;

namespace Gate.Models.Inference;

/// <summary>Shown the inputs of linear layers.</summary>
/// <param name="inputGroup">The <see cref="LinearLayer.InputGroup"/> of the layers that read them.</param>
/// <param name="window">Index of the calibration window.</param>
/// <param name="rows">One row of inputs for each token of the window, row-major; valid during the call only.</param>
public delegate void ActivationVisitor(string inputGroup, int window, ReadOnlySpan<float> rows);

/// <summary>
/// Runs a model block by block over calibration windows, so that each block can be replaced before the next one sees its outputs. Only one block's
/// weights are in memory at a time, and one residual stream. The arithmetic is that of the ordinary forward pass, bit for bit.
/// </summary>
public sealed class ActivationStream : IDisposable
{
    private static readonly Dictionary<string, ReplacedWeights> NothingReplaced = [];

    private readonly Checkpoint _checkpoint;
    private readonly ActivationOptions _options;
    private readonly IBlockSequence _blocks;
    private readonly IReadOnlyList<int[]> _windows;
    private readonly IReadOnlyList<WindowBatch> _batches;
    private readonly Dictionary<string, string> _groupOfTensor;
    private readonly Dictionary<string, int> _columnsOfGroup;
    private readonly ResidualBuffer _residual;
    private readonly TensorInfo _embedding;

    private ActivationStream(Checkpoint checkpoint, IReadOnlyList<int[]> windows, ActivationOptions options)
    {
        IArchitecture architecture = ArchitectureRegistry.Find(checkpoint.Configuration);
        TensorLayout layout = architecture.Describe(checkpoint.Configuration);
        layout.Check(checkpoint);
        _checkpoint = checkpoint;
        _options = options;
        _windows = windows;
        _blocks = architecture.TakeApart(checkpoint.Configuration);
        _groupOfTensor = layout.LinearLayers.ToDictionary(layer => layer.WeightTensor, layer => layer.InputGroup, StringComparer.Ordinal);
        _columnsOfGroup = layout.LinearLayers.DistinctBy(layer => layer.InputGroup).ToDictionary(layer => layer.InputGroup, layer => layer.Inputs, StringComparer.Ordinal);
        _embedding = checkpoint.Require(layout.Embedding);
        int vocabulary = (int)_embedding.Shape[0];
        SequenceChecks checks = new(checkpoint.Folder, _blocks.MaximumLength, vocabulary);
        for (int i = 0; i < windows.Count; i++)
        {
            checks.Ids(windows[i], "calibration window", i);
            checks.Length(windows[i].Length, i);
        }

        _batches = WindowBatch.Cut(windows, options.BatchTokens, _blocks.LengthClass);
        _residual = new ResidualBuffer(windows.Sum(window => (long)window.Length) * _blocks.Width, options.MemoryBytes);
    }

    /// <summary>Blocks of the model.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>Index of the block that runs next; <see cref="BlockCount"/> after the last.</summary>
    public int Block { get; private set; }

    /// <summary>Values of one row of the residual stream.</summary>
    public int Width => _blocks.Width;

    /// <summary>Whether the residual stream lies in a temporary file.</summary>
    public bool IsSpilled => _residual.IsSpilled;

    /// <summary>Embeds all windows.</summary>
    /// <param name="checkpoint">The model; must stay open as long as the stream lives.</param>
    /// <param name="windows">Token ids of each window, 1 to <see cref="MaximumLength"/> of them.</param>
    /// <param name="options">Threads and bounds.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: a model that cannot run, a window it cannot see, or a full disk.</exception>
    public static ActivationStream Open(
        Checkpoint checkpoint, IReadOnlyList<int[]> windows, ActivationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MemoryBytes, nameof(options));
        ActivationStream stream = new(checkpoint, windows, options);
        try
        {
            stream.Run(stream._blocks.UploadEmbedding, NothingReplaced, visit: null, reads: false, writes: true, cancellationToken);
            checkpoint.Release(stream._embedding);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The longest window a model can see, in tokens.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: a configuration Gate cannot run.</exception>
    public static int MaximumLength(Checkpoint checkpoint) =>
        ArchitectureRegistry.Find(checkpoint.Configuration).TakeApart(checkpoint.Configuration).MaximumLength;

    /// <summary>Values of one row of the residual stream of a model.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: a configuration Gate cannot run.</exception>
    public static int WidthOf(Checkpoint checkpoint) => ArchitectureRegistry.Find(checkpoint.Configuration).TakeApart(checkpoint.Configuration).Width;

    /// <summary>Runs the current block and shows the inputs of its linear layers; the residual stream stays as it is.</summary>
    /// <param name="visit">Called once for each group and window, windows in order within a group.</param>
    /// <param name="replaced">Matrices and vectors of the block that stand in for stored ones, by tensor name, or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void Observe(
        ActivationVisitor visit, IReadOnlyDictionary<string, ReplacedWeights>? replaced = null, CancellationToken cancellationToken = default) =>
        Run(UploadBlock, replaced ?? NothingReplaced, visit, reads: true, writes: false, cancellationToken);

    /// <summary>Runs the current block and keeps the inputs of one group of its linear layers; the residual stream stays as it is.</summary>
    /// <param name="inputGroup">A group of the current block.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3093): a full disk.</exception>
    public RecordedInputs Record(string inputGroup, CancellationToken cancellationToken = default)
    {
        RecordedInputs recorded = new(_windows, _columnsOfGroup[inputGroup], _options.MemoryBytes);
        try
        {
            Observe(
                (group, window, rows) =>
                {
                    if (group == inputGroup)
                        recorded.Write(window, rows);
                },
                null,
                cancellationToken);
            return recorded;
        }
        catch
        {
            recorded.Dispose();
            throw;
        }
    }

    /// <summary>Runs the current block, keeps its outputs and goes on to the next.</summary>
    /// <param name="replaced">Matrices of the block that stand in for stored ones, by tensor name, or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void Advance(IReadOnlyDictionary<string, ReplacedWeights>? replaced = null, CancellationToken cancellationToken = default)
    {
        Run(UploadBlock, replaced ?? NothingReplaced, visit: null, reads: true, writes: true, cancellationToken);
        Block++;
    }

    /// <summary>The residual stream of one window as it enters the current block.</summary>
    /// <param name="window">Index of the window.</param>
    /// <returns>Row-major, tokens × <see cref="Width"/>.</returns>
    public float[] ReadResidual(int window)
    {
        float[] values = new float[checked(_windows[window].Length * Width)];
        _residual.Read(_windows.Take(window).Sum(before => (long)before.Length) * Width, values);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose() => _residual.Dispose();

    private IResidualStep UploadBlock(ModelWeights weights, IComputeEngine engine) =>
        Block < BlockCount
            ? _blocks.UploadBlock(Block, weights, engine)
            : throw new InvalidOperationException($"All {BlockCount} blocks have run.");

    // An engine of its own for every step: whatever was uploaded for it goes with it.
    private void Run(
        Func<ModelWeights, IComputeEngine, IResidualStep> upload, IReadOnlyDictionary<string, ReplacedWeights> replaced, ActivationVisitor? visit,
        bool reads, bool writes, CancellationToken cancellationToken)
    {
        WindowBatch current = _batches[0];
        using ManagedEngine engine = new(_options.Threads, visit is null ? null : (weights, input) => Show(current, weights, input, visit));
        IResidualStep step = upload(new ModelWeights(_checkpoint, replaced), engine);
        ManagedMatrix rows = (ManagedMatrix)engine.Allocate(Width);
        KeyValueStore store = engine.AllocateStore(_blocks.KeyValueShape);
        store.EnsureRows(_batches.Max(batch => batch.Tokens.Count));
        foreach (WindowBatch batch in _batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            current = batch;
            rows.Resize(batch.Tokens.Count);
            if (reads)
                _residual.Read(batch.FirstToken * Width, rows.Values);
            step.Run(batch.Tokens, rows, store);
            if (writes)
                _residual.Write(batch.FirstToken * Width, rows.Values);
        }
    }

    private void Show(WindowBatch batch, ManagedLinearWeights weights, ManagedMatrix input, ActivationVisitor visit)
    {
        string group = _groupOfTensor[weights.FirstTensor];
        for (int i = 0; i < batch.Count; i++)
        {
            Segment segment = batch.Tokens.Segments[i];
            visit(group, batch.First + i, input.RowsAt(segment.FirstToken, segment.Count));
        }
    }
}
