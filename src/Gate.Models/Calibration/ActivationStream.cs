using System.Collections.Immutable;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;
using Gate.Models.Engines;
using Gate.Models.Inference;
using Gate.Models.Structure;

namespace Gate.Models.Calibration;

/// <summary>
/// Runs a model block by block over calibration windows, so that each block can be replaced before the next one sees its outputs. Only one block's
/// weights are in memory at a time, and one residual stream. The arithmetic is that of the ordinary forward pass, bit for bit. The blocks of an
/// encoder–decoder are those of the encoder, then those of the decoder.
/// </summary>
public sealed class ActivationStream : IDisposable
{
    private static readonly Dictionary<string, ReplacedWeights> NothingReplaced = [];

    private readonly Model _model;
    private readonly ActivationOptions _options;
    private readonly IReadOnlyList<StackWindows> _stacks;
    private readonly ImmutableArray<ImmutableArray<Step>> _blocks;
    private StackWindows _windows;
    private ResidualBuffer _residual;
    private EncodedWindows? _encoded;
    private bool _ownsEncoded;

    // Steps of the current block that have run.
    private int _done;

    private ActivationStream(Model model, IReadOnlyList<int[]> windows, ActivationOptions options)
    {
        (_model, _options) = (model, options);
        SequenceChecks checks = new(model.Checkpoint.Folder, model.Blueprint.MaximumLength, model.Blueprint.Stacks.First().Embedding.Table.Outputs);
        for (int i = 0; i < windows.Count; i++)
        {
            checks.Ids(windows[i], "calibration window", i);
            checks.Length(windows[i].Length, i);
        }

        _stacks = StackWindows.Of(model.Blueprint, windows, options.BatchTokens);
        _blocks = [.. model.Blueprint.Stacks.SelectMany(stack => stack.Blocks)];
        _windows = _stacks[0];
        _residual = new ResidualBuffer(_windows.Values, options.MemoryBytes);
    }

    private ActivationStream(ActivationStream other)
    {
        (_model, _options, _stacks, _blocks) = (other._model, other._options, other._stacks, other._blocks);
        (_windows, _encoded, Block, _done) = (other._windows, other._encoded, other.Block, other._done);
        _residual = new ResidualBuffer(_windows.Values, _options.MemoryBytes);
    }

    /// <summary>Blocks of the model.</summary>
    public int BlockCount => _blocks.Length;

    /// <summary>Index of the block that runs next; <see cref="BlockCount"/> after the last.</summary>
    public int Block { get; private set; }

    /// <summary>Values of one row of the residual stream.</summary>
    public int Width => _windows.Width;

    /// <summary>Whether the residual stream lies in a temporary file.</summary>
    public bool IsSpilled => _residual.IsSpilled;

    /// <summary>Embeds all windows.</summary>
    /// <param name="model">The model; must stay open as long as the stream lives.</param>
    /// <param name="windows">Token ids of each window, 1 to <see cref="Model.MaximumLength"/> of them.</param>
    /// <param name="options">Threads and bounds.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: a window the model cannot see, or a full disk.</exception>
    public static ActivationStream Open(
        Model model, IReadOnlyList<int[]> windows, ActivationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MemoryBytes, nameof(options));
        ActivationStream stream = new(model, windows, options);
        try
        {
            stream.Embed(cancellationToken);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Runs what is left of the current block and shows the inputs of its linear layers; the residual stream stays as it is.</summary>
    /// <param name="visit">Called once for each group and window, windows in order within a group; experts are shown the tokens that reach them.</param>
    /// <param name="replaced">Matrices and vectors of the block that stand in for stored ones, by tensor name, or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void Observe(
        ActivationVisitor visit, IReadOnlyDictionary<string, ReplacedWeights>? replaced = null, CancellationToken cancellationToken = default) =>
        Run(Left(), replaced, visit, [_residual], writes: false, cancellationToken);

    /// <summary>As <see cref="Observe"/>, of the next step of the block alone: its attention, or what is behind it.</summary>
    /// <param name="visit">Called once for each group of it and window, windows in order within a group.</param>
    /// <param name="replaced">Matrices and vectors of the step that stand in for stored ones, by tensor name, or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void ObserveStep(
        ActivationVisitor visit, IReadOnlyDictionary<string, ReplacedWeights>? replaced = null, CancellationToken cancellationToken = default) =>
        Run(Left().Take(1), replaced, visit, [_residual], writes: false, cancellationToken);

    /// <summary>Runs what is left of the current block and shows what its experts make; the residual stream stays as it is.</summary>
    /// <param name="visit">Called for each batch and each expert that a token of it reaches.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void ObserveExperts(ExpertVisitor visit, CancellationToken cancellationToken = default)
    {
        using BlockPass pass = new(_model, NothingReplaced, _options, null, visit);
        pass.Run(Left(), _windows, [_residual], _encoded, writes: false, cancellationToken);
    }

    /// <summary>Keeps the inputs of one group of linear layers of the next step; the residual stream stays as it is.</summary>
    /// <param name="inputGroup">A group of the next step.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3093): a full disk.</exception>
    public RecordedInputs Record(string inputGroup, CancellationToken cancellationToken = default)
    {
        int columns = _model.LinearLayers.First(layer => layer.InputGroup == inputGroup).Inputs;
        RecordedInputs recorded = new(_windows.Windows, columns, _options.MemoryBytes);
        try
        {
            ObserveStep(
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

    /// <summary>Runs what is left of the current block, keeps its outputs and goes on to the next.</summary>
    /// <param name="replaced">Matrices of the block that stand in for stored ones, by tensor name, or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void Advance(IReadOnlyDictionary<string, ReplacedWeights>? replaced = null, CancellationToken cancellationToken = default)
    {
        Run(Left(), replaced, visit: null, [_residual], writes: true, cancellationToken);
        EnterNextBlock(cancellationToken);
    }

    /// <summary>Advances several streams of one model with its stored weights, which are uploaded once.</summary>
    /// <param name="streams">At least one, all at the same block.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public static void Advance(IReadOnlyList<ActivationStream> streams, CancellationToken cancellationToken = default)
    {
        ActivationStream first = streams[0];
        if (streams.Any(stream => stream._model != first._model || stream.Block != first.Block || stream._stacks != first._stacks || stream._done != first._done))
            throw new ArgumentException("The streams are not of one model and windows, or not at one block.", nameof(streams));

        // What an encoder made of the windows is each stream's own.
        if (streams.Any(stream => stream._encoded != first._encoded))
        {
            foreach (ActivationStream stream in streams)
                stream.Advance(cancellationToken: cancellationToken);
            return;
        }

        first.Run(first.Left(), null, visit: null, [.. streams.Select(stream => stream._residual)], writes: true, cancellationToken);
        foreach (ActivationStream stream in streams)
            stream.EnterNextBlock(cancellationToken);
    }

    /// <summary>A stream of its own that goes on from the step of the current block that has a group of linear layers.</summary>
    /// <param name="inputGroup">A group of the current block.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3093): a full disk.</exception>
    public ActivationStream ForkAt(string inputGroup, CancellationToken cancellationToken = default)
    {
        ActivationStream fork = Fork();
        try
        {
            int step = StepOf(inputGroup);
            fork.Run(fork.Left().Take(step - _done), null, visit: null, [fork._residual], writes: true, cancellationToken);
            fork._done = step;
            return fork;
        }
        catch
        {
            fork.Dispose();
            throw;
        }
    }

    /// <summary>Whether a group of linear layers is one of the next step.</summary>
    public bool IsAt(string inputGroup) => StepOf(inputGroup) == _done;

    /// <summary>A stream of its own that goes on from here.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3093): a full disk.</exception>
    public ActivationStream Fork()
    {
        ActivationStream fork = new(this);
        try
        {
            fork._residual.CopyFrom(_residual, _windows.Values);
            return fork;
        }
        catch
        {
            fork.Dispose();
            throw;
        }
    }

    /// <summary>Shows the logits of every position that the model answers, windows in order; all blocks have run.</summary>
    /// <param name="visit">Called once for each position.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void VisitLogits(WindowLogitsVisitor visit, CancellationToken cancellationToken = default)
    {
        if (Block < BlockCount)
            throw new InvalidOperationException($"Block {Block} of {BlockCount} has not run.");
        using BlockPass pass = new(_model, NothingReplaced, _options, null);
        pass.VisitLogits(_model.Blueprint.Head, _windows, _residual, visit, cancellationToken);
    }

    /// <summary>The residual stream of one window as it enters the current block.</summary>
    /// <param name="window">Index of the window.</param>
    /// <returns>Row-major, tokens × <see cref="Width"/>.</returns>
    public float[] ReadResidual(int window)
    {
        float[] values = new float[checked(_windows.Windows[window].Length * Width)];
        _residual.Read(_windows.Windows.Take(window).Sum(before => (long)before.Length) * Width, values);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _residual.Dispose();
        if (_ownsEncoded)
            _encoded!.States.Dispose();
    }

    private IEnumerable<Step> Left() =>
        Block < BlockCount ? _blocks[Block].Skip(_done) : throw new InvalidOperationException($"All {BlockCount} blocks have run.");

    private int StepOf(string inputGroup)
    {
        for (int step = 0; step < _blocks[Block].Length; step++)
        {
            if (_blocks[Block][step].Branches.SelectMany(branch => BlueprintWalk.Linears(branch.Module))
                .Any(linear => _model.LinearLayers.Any(layer => layer.WeightTensor == linear.Matrix.Tensor && layer.InputGroup == inputGroup)))
                return step;
        }

        throw new ArgumentException($"Block {Block} has no linear layers of the group '{inputGroup}'.", nameof(inputGroup));
    }

    private void Embed(CancellationToken cancellationToken)
    {
        using BlockPass pass = new(_model, NothingReplaced, _options, null);
        pass.Embed(_windows, _residual, cancellationToken);
        Checkpoint checkpoint = _model.Checkpoint;
        checkpoint.Release(checkpoint.Require(_windows.Stack.Embedding.Table.Tensor));
    }

    private void Run(
        IEnumerable<Step> steps, IReadOnlyDictionary<string, ReplacedWeights>? replaced, ActivationVisitor? visit, IReadOnlyList<ResidualBuffer> residuals, bool writes,
        CancellationToken cancellationToken)
    {
        using BlockPass pass = new(_model, replaced ?? NothingReplaced, _options, visit);
        pass.Run(steps, _windows, residuals, _encoded, writes, cancellationToken);
    }

    // Behind the encoder's last block its outputs are kept, and the decoder's windows are embedded.
    private void EnterNextBlock(CancellationToken cancellationToken)
    {
        (Block, _done) = (Block + 1, 0);
        if (_stacks.FirstOrDefault(stack => stack.FirstBlock == Block && stack != _stacks[0]) is not { } next)
            return;
        using (BlockPass pass = new(_model, NothingReplaced, _options, null))
            pass.Finish(_windows, _residual, cancellationToken);
        (_encoded, _ownsEncoded) = (new EncodedWindows(_windows, _residual), true);
        _windows = next;
        _residual = new ResidualBuffer(_windows.Values, _options.MemoryBytes);
        Embed(cancellationToken);
    }
}
