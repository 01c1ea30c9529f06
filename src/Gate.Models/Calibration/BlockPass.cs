using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Engines;
using Gate.Models.Runtime;

namespace Gate.Models.Calibration;

/// <summary>
/// Runs a part of a model over the residual stream of all windows, batch by batch. It has an engine of its own: whatever was uploaded for it goes with it.
/// </summary>
internal sealed class BlockPass : IDisposable
{
    private readonly IComputeEngine _engine;
    private readonly Workspace _workspace;
    private readonly Dictionary<string, string> _groupOfTensor;
    private readonly ActivationVisitor? _visit;
    private WindowBatch? _current;

    /// <summary>Makes an engine.</summary>
    /// <param name="model">The model.</param>
    /// <param name="replaced">Matrices and vectors that stand in for stored ones, by tensor name.</param>
    /// <param name="options">The engine and its threads.</param>
    /// <param name="visit">Shown the inputs of linear layers, or null.</param>
    /// <param name="experts">Shown what experts make, or null.</param>
    public BlockPass(Model model, IReadOnlyDictionary<string, ReplacedWeights> replaced, ActivationOptions options, ActivationVisitor? visit, ExpertVisitor? experts = null)
    {
        _engine = options.Engine.Create(options.Threads);
        _groupOfTensor = model.LinearLayers.ToDictionary(layer => layer.WeightTensor, layer => layer.InputGroup, StringComparer.Ordinal);
        _visit = visit;
        _workspace = new Workspace(_engine, new ModelWeights(model.Checkpoint, replaced), visit is null ? null : Show,
            experts is null ? null : (routed, outputs) => experts(routed.Expert, routed.Weights, _engine.Read(outputs)));
    }

    /// <summary>Makes the first residual stream of a stack.</summary>
    public void Embed(StackWindows windows, ResidualBuffer residual, CancellationToken cancellationToken)
    {
        RunningEmbedding embedding = new(windows.Stack.Embedding, _workspace);
        DeviceMatrix rows = _engine.Allocate(windows.Width);
        foreach (WindowBatch batch in Batches(windows, cancellationToken))
        {
            embedding.Run(batch.Tokens, rows);
            residual.Write(batch.FirstToken * windows.Width, _engine.Read(rows));
        }
    }

    /// <summary>Runs steps.</summary>
    /// <param name="steps">Neighbouring steps of a block.</param>
    /// <param name="windows">What the stack reads.</param>
    /// <param name="residuals">Streams the steps change, one after the other with the same weights.</param>
    /// <param name="memory">What the encoder made of the windows, or null where there is none.</param>
    /// <param name="writes">Whether the streams are changed, or only looked at.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public void Run(
        IEnumerable<Step> steps, StackWindows windows, IReadOnlyList<ResidualBuffer> residuals, EncodedWindows? memory, bool writes, CancellationToken cancellationToken)
    {
        RunningStep[] running = [.. steps.Select(step => new RunningStep(step, _workspace, layer: 0))];
        DeviceMatrix rows = _engine.Allocate(windows.Width);
        KeyValueShape shape = new(1, StackRunner.StoreWidth(windows.Stack));
        KeyValueStore store = _engine.AllocateStore(shape), remembered = _engine.AllocateStore(shape);
        store.EnsureRows(windows.Batches.Max(batch => batch.Tokens.Count));
        foreach (ResidualBuffer residual in residuals)
        {
            foreach (WindowBatch batch in Batches(windows, cancellationToken))
            {
                WindowBatch told = memory is null ? batch : Remember(running, batch, memory, remembered);
                Read(residual, windows, batch, rows);
                _current = told;
                foreach (RunningStep step in running)
                    step.Run(new BatchContext(told.Tokens, store, remembered), rows);
                if (writes)
                    residual.Write(batch.FirstToken * windows.Width, _engine.Read(rows));
            }
        }
    }

    /// <summary>Normalises the stream behind the last block of a stack, if the stack does.</summary>
    public void Finish(StackWindows windows, ResidualBuffer residual, CancellationToken cancellationToken)
    {
        if (_workspace.Norm(windows.Stack.FinalNorm) is not { } norm)
            return;
        DeviceMatrix rows = _engine.Allocate(windows.Width);
        foreach (WindowBatch batch in Batches(windows, cancellationToken))
        {
            Read(residual, windows, batch, rows);
            _engine.Normalize(rows, norm, rows);
            residual.Write(batch.FirstToken * windows.Width, _engine.Read(rows));
        }
    }

    /// <summary>Shows the logits of every position.</summary>
    public void VisitLogits(Head head, StackWindows windows, ResidualBuffer residual, WindowLogitsVisitor visit, CancellationToken cancellationToken)
    {
        NormWeights? norm = _workspace.Norm(windows.Stack.FinalNorm);
        HeadRunner runner = new(head, _workspace);
        DeviceMatrix rows = _engine.Allocate(windows.Width);
        foreach (WindowBatch batch in Batches(windows, cancellationToken))
        {
            Read(residual, windows, batch, rows);
            if (norm is not null)
                _engine.Normalize(rows, norm, rows);
            runner.VisitLogits(rows, (row, logits) =>
            {
                int window = batch.WindowOf(row);
                visit(window, row - batch.Tokens.Segments[window - batch.First].FirstToken, logits);
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    private void Read(ResidualBuffer residual, StackWindows windows, WindowBatch batch, DeviceMatrix rows) =>
        _engine.Write(rows, batch.Tokens.Count, values => residual.Read(batch.FirstToken * windows.Width, values));

    private IEnumerable<WindowBatch> Batches(StackWindows windows, CancellationToken cancellationToken)
    {
        foreach (WindowBatch batch in windows.Batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _current = batch;
            yield return batch;
        }
    }

    // The encoder's rows of the same windows become keys and values, and the batch is told where they lie.
    private WindowBatch Remember(RunningStep[] steps, WindowBatch batch, EncodedWindows memory, KeyValueStore store)
    {
        (WindowBatch read, WindowBatch told) = memory.For(batch);
        DeviceMatrix states = _workspace.Scratch("encoded", memory.Windows.Width);
        Read(memory.States, memory.Windows, read, states);
        store.EnsureRows(read.Tokens.Count);
        _current = read;
        foreach (RunningStep step in steps)
            step.Remember(read.Tokens, states, store);
        return told;
    }

    private void Show(Matrix matrix, DeviceMatrix input, int[]? rows)
    {
        if (!_groupOfTensor.TryGetValue(matrix.Tensor, out string? group))
            return;
        ReadOnlySpan<float> values = _engine.Read(input);
        int next = 0;
        foreach ((int index, Segment segment) in _current!.Tokens.Segments.Index())
        {
            int end = segment.FirstToken + segment.Count, count = segment.Count;
            if (rows is not null)
                count = rows.AsSpan(next).IndexOfAnyInRange(end, int.MaxValue) is var behind and >= 0 ? behind : rows.Length - next;
            if (count > 0)
                _visit!(group, _current.First + index, values.Slice(next * input.Columns, count * input.Columns));
            next += count;
        }
    }
}
