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

/// <summary>Shown logits.</summary>
/// <param name="window">Index of the window.</param>
/// <param name="position">Position in it, from 0.</param>
/// <param name="logits">One value per vocabulary entry; valid during the call only.</param>
public delegate void WindowLogitsVisitor(int window, int position, ReadOnlySpan<float> logits);

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

    // What is left of the current block.
    private BlockPart _part = BlockPart.Whole;

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
        _residual = new ResidualBuffer(Values, options.MemoryBytes);
    }

    private ActivationStream(ActivationStream other)
    {
        (_checkpoint, _options, _blocks, _windows, _batches) = (other._checkpoint, other._options, other._blocks, other._windows, other._batches);
        (_groupOfTensor, _columnsOfGroup, _embedding) = (other._groupOfTensor, other._columnsOfGroup, other._embedding);
        Block = other.Block;
        _residual = new ResidualBuffer(Values, _options.MemoryBytes);
    }

    /// <summary>Blocks of the model.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>Index of the block that runs next; <see cref="BlockCount"/> after the last.</summary>
    public int Block { get; private set; }

    /// <summary>Values of one row of the residual stream.</summary>
    public int Width => _blocks.Width;

    private long Values => _windows.Sum(window => (long)window.Length) * Width;

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

    /// <summary>As <see cref="Observe"/>, of the block's attention alone.</summary>
    /// <param name="visit">Called once for each group of it and window, windows in order within a group.</param>
    /// <param name="replaced">Matrices and vectors of the block that stand in for stored ones, by tensor name, or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void ObserveAttention(
        ActivationVisitor visit, IReadOnlyDictionary<string, ReplacedWeights>? replaced = null, CancellationToken cancellationToken = default) =>
        Run(UploadAttention, replaced ?? NothingReplaced, visit, reads: true, writes: false, cancellationToken);

    /// <summary>Runs a part of the current block and keeps the inputs of one group of its linear layers; the residual stream stays as it is.</summary>
    /// <param name="inputGroup">A group of the current block.</param>
    /// <param name="observe"><see cref="Observe"/>, or <see cref="ObserveAttention"/> for a group of the attention.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3093): a full disk.</exception>
    public RecordedInputs Record(
        string inputGroup, Action<ActivationVisitor, IReadOnlyDictionary<string, ReplacedWeights>?, CancellationToken> observe, CancellationToken cancellationToken = default)
    {
        RecordedInputs recorded = new(_windows, _columnsOfGroup[inputGroup], _options.MemoryBytes);
        try
        {
            observe(
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
        (_part, Block) = (BlockPart.Whole, Block + 1);
    }

    /// <summary>Runs the same block of several streams of one model with its stored weights, which are uploaded once.</summary>
    /// <param name="streams">At least one, all at the same block.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public static void Advance(IReadOnlyList<ActivationStream> streams, CancellationToken cancellationToken = default)
    {
        if (streams.Any(stream => stream._checkpoint != streams[0]._checkpoint || stream.Block != streams[0].Block || stream._batches != streams[0]._batches || stream._part != streams[0]._part))
            throw new ArgumentException("The streams are not of one model and windows, or not at one block.", nameof(streams));
        streams[0].Run(
            streams[0].UploadBlock, NothingReplaced, visit: null, reads: true, writes: true, cancellationToken, [.. streams.Select(stream => stream._residual)]);
        foreach (ActivationStream stream in streams)
            stream.Block++;
    }

    /// <summary>A stream of its own behind the attention of the current block, as it is stored: what is left of the block is its feed-forward.</summary>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3093): a full disk.</exception>
    public ActivationStream ForkBehindAttention(CancellationToken cancellationToken = default)
    {
        ActivationStream fork = Fork();
        try
        {
            fork.Run(UploadAttention, NothingReplaced, visit: null, reads: true, writes: true, cancellationToken);
            fork._part = BlockPart.FeedForward;
            return fork;
        }
        catch
        {
            fork.Dispose();
            throw;
        }
    }

    /// <summary>A stream of its own that goes on from here.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3093): a full disk.</exception>
    public ActivationStream Fork()
    {
        ActivationStream fork = new(this);
        try
        {
            fork._residual.CopyFrom(_residual, Values);
            return fork;
        }
        catch
        {
            fork.Dispose();
            throw;
        }
    }

    /// <summary>Shows the logits of every position, windows in order; all blocks have run.</summary>
    /// <param name="visit">Called once for each position.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void VisitLogits(WindowLogitsVisitor visit, CancellationToken cancellationToken = default)
    {
        if (Block < BlockCount)
            throw new InvalidOperationException($"Block {Block} of {BlockCount} has not run.");
        using ManagedEngine engine = new(_options.Threads, null);
        IOutputStep output = _blocks.UploadOutput(new ModelWeights(_checkpoint), engine);
        ManagedMatrix rows = (ManagedMatrix)engine.Allocate(Width);
        foreach (WindowBatch batch in _batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Resize(batch.Tokens.Count);
            _residual.Read(batch.FirstToken * Width, rows.Values);
            int segment = 0;
            output.VisitLogits(rows, (row, logits) =>
            {
                while (row >= batch.Tokens.Segments[segment].FirstToken + batch.Tokens.Segments[segment].Count)
                    segment++;
                visit(batch.First + segment, row - batch.Tokens.Segments[segment].FirstToken, logits);
            });
        }
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
            ? _blocks.UploadBlock(Block, _part, weights, engine)
            : throw new InvalidOperationException($"All {BlockCount} blocks have run.");

    private IResidualStep UploadAttention(ModelWeights weights, IComputeEngine engine) =>
        Block < BlockCount && _part == BlockPart.Whole
            ? _blocks.UploadBlock(Block, BlockPart.Attention, weights, engine)
            : throw new InvalidOperationException($"The attention of block {Block} has run.");

    // An engine of its own for every step: whatever was uploaded for it goes with it.
    private void Run(
        Func<ModelWeights, IComputeEngine, IResidualStep> upload, IReadOnlyDictionary<string, ReplacedWeights> replaced, ActivationVisitor? visit,
        bool reads, bool writes, CancellationToken cancellationToken, IReadOnlyList<ResidualBuffer>? residuals = null)
    {
        WindowBatch current = _batches[0];
        using ManagedEngine engine = new(_options.Threads, visit is null ? null : (weights, input) => Show(current, weights, input, visit));
        IResidualStep step = upload(new ModelWeights(_checkpoint, replaced), engine);
        ManagedMatrix rows = (ManagedMatrix)engine.Allocate(Width);
        KeyValueStore store = engine.AllocateStore(_blocks.KeyValueShape);
        store.EnsureRows(_batches.Max(batch => batch.Tokens.Count));
        foreach (ResidualBuffer residual in residuals ?? [_residual])
        {
            foreach (WindowBatch batch in _batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                current = batch;
                rows.Resize(batch.Tokens.Count);
                if (reads)
                    residual.Read(batch.FirstToken * Width, rows.Values);
                step.Run(batch.Tokens, rows, store);
                if (writes)
                    residual.Write(batch.FirstToken * Width, rows.Values);
            }
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
