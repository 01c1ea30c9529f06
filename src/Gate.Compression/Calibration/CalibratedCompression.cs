using System.Runtime.InteropServices;
using Gate.Compression.Calibration.Folding;
using Gate.Compression.Export;
using Gate.Compression.Export.Formats;
using Gate.Compression.Export.Forms;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Compression.Resumption;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Engines;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>
/// Compresses the layers of the blocks in the order of the model, each block on inputs that already went through the compressed blocks before it.
/// Holds the residual stream, one block's weights and its statistics, never the model. Layers that are finished already are read back, not made again, and
/// scales that were found already are not searched again.
/// </summary>
internal sealed class CalibratedCompression(
    Model dense, CompressionPlan plan, CandidateForm form, ISharedMask? shared, ActivationOptions options, IProgress<string>? progress,
    CancellationToken cancellationToken)
{
    private readonly ComputeThreads _threads = options.Threads;
    private readonly FoldableInputs _foldable = new(dense, plan);
    private readonly LayerFormat? _packed = LayerFormat.Of(plan.Layout, dense);

    /// <summary>Compresses every planned layer of the blocks.</summary>
    /// <param name="windows">Calibration windows.</param>
    /// <param name="finished">Receives the layers.</param>
    public void Run(int[][] windows, FinishedLayers finished)
    {
        ILookup<int, PlannedLayer> byBlock = plan.Layers.ToLookup(planned => planned.Layer.Block);
        int last = plan.Layers.Where(planned => planned.Layer.Block < 0 || !finished.Has(planned.Layer)).Max(planned => (int?)planned.Layer.Block) ?? -1;
        if (last < 0)
            return;
        using ActivationStream stream = ActivationStream.Open(dense, windows, options, cancellationToken);
        Dictionary<string, ReplacedWeights> replaced = new(StringComparer.Ordinal);
        while (true)
        {
            CompressBlock(stream, [.. byBlock[stream.Block]], replaced, finished);

            // Nobody reads what leaves the last block.
            if (stream.Block == last)
                return;
            stream.Advance(replaced, cancellationToken);
            HashSet<string> usedAgain = [.. plan.Layers.Where(planned => planned.Layer.LastBlock >= stream.Block).Select(planned => planned.Layer.WeightTensor)];
            foreach (string tensor in replaced.Keys.Where(tensor => !usedAgain.Contains(tensor)).ToArray())
                replaced.Remove(tensor);
            LargeGarbage.Collect();
        }
    }

    // What is replaced already are layers of blocks before that this block uses again.
    private void CompressBlock(ActivationStream stream, IReadOnlyList<PlannedLayer> layers, Dictionary<string, ReplacedWeights> replaced, FinishedLayers finished)
    {
        Dictionary<string, ReplacedWeights> before = new(replaced, StringComparer.Ordinal);
        foreach (PlannedLayer planned in layers.Where(planned => finished.Has(planned.Layer)))
            replaced[planned.Layer.WeightTensor] = Replacement(planned, finished.Find(planned.Layer)!.Weights);
        PlannedLayer[] left = [.. layers.Where(planned => !finished.Has(planned.Layer))];
        foreach (string group in layers.Select(planned => planned.Layer.InputGroup).Distinct().Except(left.Select(planned => planned.Layer.InputGroup)))
            Change(finished.Folded.Find(group), replaced);
        IReadOnlyList<IReadOnlyList<PlannedLayer>> rounds = plan.Recipe.Calibration!.TrueSequential
            ? [.. left.GroupBy(planned => planned.Layer.InputGroup).Select(group => group.ToArray())]
            : [left];

        // With all groups at once every layer sees the inputs the dense layers of its block make, those finished before among them.
        foreach (IReadOnlyList<PlannedLayer> round in rounds.Where(round => round.Count > 0))
        {
            Dictionary<string, InputStatistics> inputs = BlockStatistics.Of(
                stream, dense, [.. round.Select(planned => planned.Layer)], plan.Recipe.Calibration.TrueSequential ? replaced : before, _threads, cancellationToken);
            Dictionary<string, LayerResult> pruned = [];
            if (!_foldable.IsEmpty)
            {
                pruned = Prune(round, inputs);
                Fold(stream, inputs, pruned, replaced, finished);
            }

            foreach (IGrouping<string, PlannedLayer> group in round.GroupBy(planned => planned.Layer.InputGroup))
            {
                inputs.Remove(group.Key, out InputStatistics? statistics);
                Compress([.. group], new GroupInputs(statistics!, _threads), pruned, replaced, finished);

                // A Hessian and its factor are the largest things here; they go before the next is made.
                statistics = null;
                LargeGarbage.Collect();
            }
        }
    }

    // All scales of a block are searched together, on its layers as pruning leaves them.
    private Dictionary<string, LayerResult> Prune(IReadOnlyList<PlannedLayer> layers, Dictionary<string, InputStatistics> inputs)
    {
        Dictionary<string, LayerResult> pruned = new(StringComparer.Ordinal);
        foreach (IGrouping<string, PlannedLayer> group in layers.GroupBy(planned => planned.Layer.InputGroup))
        {
            GroupInputs seen = new(inputs[group.Key], _threads);
            foreach (PlannedLayer planned in group)
                pruned.Add(planned.Layer.WeightTensor, Prune(planned, seen));
        }

        return pruned;
    }

    private LayerResult Prune(PlannedLayer planned, GroupInputs inputs) =>
        new CalibratedLayer(inputs, shared, ScalesOf(planned), _threads, cancellationToken).Prune(planned, dense.Checkpoint.ReadSingles(planned.Layer.WeightTensor));

    // All scales are searched on the block as it is, then folded together.
    private void Fold(
        ActivationStream stream, Dictionary<string, InputStatistics> inputs, Dictionary<string, LayerResult> pruned,
        Dictionary<string, ReplacedWeights> replaced, FinishedLayers finished)
    {
        AwqSearch awq = new(stream, dense, ScalesOf, _threads, cancellationToken);
        Dictionary<string, float[]> weights = pruned.ToDictionary(pair => pair.Key, pair => pair.Value.Weights, StringComparer.Ordinal);
        foreach ((string group, InputStatistics seen) in inputs)
        {
            if (finished.Folded.Find(group) is not null || _foldable.Find(group) is not { } input)
                continue;
            if (!seen.IsSample)
            {
                finished.Add(new FoldedInput(group, Producer: null, Scales: null, [], $"{FoldedInput.Unscaled}: {seen.Tokens} calibration tokens reach the layers"));
                continue;
            }

            float[] scales = plan.Recipe.Smooth is { } smooth
                ? SmoothScales.Of(smooth.Alpha, seen.Maxima, [.. input.Layers.Select(planned => weights[planned.Layer.WeightTensor])])
                : awq.Find(input, seen, weights);
            finished.Add(FoldedInput.Of(dense, input.Producer, scales));
        }

        foreach ((string group, InputStatistics seen) in inputs.ToArray())
        {
            FoldedInput? folded = finished.Folded.Find(group);
            Change(folded, replaced);
            if (folded?.Scales is { } scales)
                inputs[group] = seen.DividedBy(scales);
        }
    }

    private static void Change(FoldedInput? folded, Dictionary<string, ReplacedWeights> replaced)
    {
        foreach ((string tensor, float[] values) in folded?.Changed ?? [])
            replaced[tensor] = new ReplacedWeights(NumberFormat.Float32, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    private void Compress(
        IReadOnlyList<PlannedLayer> layers, GroupInputs inputs, Dictionary<string, LayerResult> pruned, Dictionary<string, ReplacedWeights> replaced,
        FinishedLayers finished)
    {
        foreach (PlannedLayer planned in layers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!pruned.Remove(planned.Layer.WeightTensor, out LayerResult? layer))
                layer = Prune(planned, inputs);
            replaced[planned.Layer.WeightTensor] = Quantize(planned, layer, inputs, finished);
            progress?.Report(planned.Layer.Name);
            LargeGarbage.Collect();
        }
    }

    private ReplacedWeights Quantize(PlannedLayer planned, LayerResult pruned, GroupInputs inputs, FinishedLayers finished)
    {
        LinearLayer layer = planned.Layer;
        NumberFormat format = FormatOf(layer);
        LayerScaling? scaling = finished.Folded.Of(layer);
        LayerResult scaled = scaling is null ? pruned : pruned with { Weights = scaling.Apply(pruned.Weights, layer.Inputs), Scaling = scaling };
        LayerResult result = new CalibratedLayer(inputs, shared, ScalesOf(planned), _threads, cancellationToken).Quantize(planned, scaled)
            .With(planned.Quantize is null ? null : finished.Folded.Find(layer.InputGroup)?.Objection ?? _foldable.Objection(layer.InputGroup));

        // The next layers and the error see the values as a reader will: rounded to 16 bit, or what packed codes stand for.
        float[] written = result.Weights;
        for (int i = 0; i < written.Length; i++)
        {
            float value = written[i];
            if (!IsPacked(planned))
                written[i] = SixteenBit.Round(value, format);
            if (!float.IsFinite(written[i]))
                throw CandidateFormat.Overflow(dense, layer.Name, format, i / layer.Inputs, i % layer.Inputs, value);
        }

        finished.Add(layer, result with { OutputError = inputs.Statistics.Tokens == 0 ? null : OutputError(layer, written, scaling, inputs.Statistics) });
        return Replacement(planned, written);
    }

    // On the inputs as they are with the scales folded: the dense weights are scaled by columns to meet them, the written ones set free of their rows' scales.
    private double OutputError(LinearLayer layer, float[] written, LayerScaling? scaling, InputStatistics inputs)
    {
        float[] before = dense.Checkpoint.ReadSingles(layer.WeightTensor);
        if (scaling is null)
            return inputs.OutputError(before, written, layer.Outputs, _threads);
        float[] after = [.. written];
        LayerScaling rows = scaling with { Columns = null };
        for (int row = 0; row < layer.Outputs; row++)
            rows.Undo(row, after.AsSpan(row * layer.Inputs, layer.Inputs));
        return inputs.OutputError((scaling with { Rows = null }).Apply(before, layer.Inputs), after, layer.Outputs, _threads);
    }

    private ScaleStorage ScalesOf(PlannedLayer planned) => IsPacked(planned) ? _packed!.Scales(StoredFormat(planned.Layer)) : ScaleStorage.Half;

    private bool IsPacked(PlannedLayer planned) => planned.Quantize is not null && _packed is not null;

    // Sixteen bits hold exactly what was rounded to them, in half the memory.
    private ReplacedWeights Replacement(PlannedLayer planned, float[] written)
    {
        if (IsPacked(planned))
            return new ReplacedWeights(NumberFormat.Float32, MemoryMarshal.AsBytes(written.AsSpan()).ToArray());
        NumberFormat format = FormatOf(planned.Layer);
        byte[] bytes = new byte[checked(written.Length * SixteenBit.Size)];
        SixteenBit.Write(written, format, bytes);
        return new ReplacedWeights(format, bytes);
    }

    private NumberFormat FormatOf(LinearLayer layer) => form.FormatOf(dense.Checkpoint.Require(layer.WeightTensor), StoredFormat(layer));

    private NumberFormat StoredFormat(LinearLayer layer) => CandidateFormat.Of(dense.Checkpoint.Require(layer.WeightTensor).Format, dense.Checkpoint.Configuration);
}
