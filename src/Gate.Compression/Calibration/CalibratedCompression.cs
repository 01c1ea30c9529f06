using System.Runtime.InteropServices;
using Gate.Compression.Calibration.Folding;
using Gate.Compression.Export;
using Gate.Compression.Export.Formats;
using Gate.Compression.Export.Forms;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Diagnostics;
using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
using Gate.Models.Inference;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>
/// Compresses the layers of the blocks in the order of the model, each block on inputs that already went through the compressed blocks before it.
/// Holds the residual stream, one block's weights and its statistics, never the model.
/// </summary>
internal sealed class CalibratedCompression(
    Checkpoint dense, CompressionPlan plan, CandidateForm form, GlobalMagnitude? global, ActivationOptions options, IProgress<string>? progress,
    CancellationToken cancellationToken)
{
    private readonly ComputeThreads _threads = options.Threads;
    private readonly FoldableInputs _foldable = new(dense, plan);
    private readonly LayerFormat? _packed = LayerFormat.Of(plan.Layout, dense);

    /// <summary>Compresses every planned layer of the blocks.</summary>
    /// <param name="windows">Calibration windows.</param>
    /// <param name="spill">Receives the layers.</param>
    public void Run(int[][] windows, LayerSpill spill)
    {
        ILookup<int, PlannedLayer> byBlock = plan.Layers.ToLookup(planned => planned.Layer.Block);
        int last = plan.Layers.Max(planned => planned.Layer.Block);
        if (last < 0)
            return;
        using ActivationStream stream = ActivationStream.Open(dense, windows, options, cancellationToken);
        while (stream.Block <= last)
        {
            Dictionary<string, ReplacedWeights> replaced = CompressBlock(stream, [.. byBlock[stream.Block]], spill);
            stream.Advance(replaced, cancellationToken);
        }
    }

    private Dictionary<string, ReplacedWeights> CompressBlock(ActivationStream stream, IReadOnlyList<PlannedLayer> layers, LayerSpill spill)
    {
        Dictionary<string, ReplacedWeights> replaced = new(StringComparer.Ordinal);
        IReadOnlyList<IReadOnlyList<PlannedLayer>> rounds = plan.Recipe.Calibration!.TrueSequential
            ? [.. layers.GroupBy(planned => planned.Layer.InputGroup).Select(group => group.ToArray())]
            : [layers];
        foreach (IReadOnlyList<PlannedLayer> round in rounds.Where(round => round.Count > 0))
        {
            Dictionary<string, GroupInputs> inputs = Observe(stream, round, replaced);
            Dictionary<string, LayerResult> pruned = round.ToDictionary(
                planned => planned.Layer.WeightTensor, planned => Prune(planned, inputs[planned.Layer.InputGroup]), StringComparer.Ordinal);
            BlockFolding folding = Fold(stream, inputs, pruned);
            foreach ((string tensor, float[] values) in folding.Changed)
            {
                spill.Change(tensor, values);
                replaced[tensor] = Replacement(values);
            }

            foreach (PlannedLayer planned in round)
            {
                pruned.Remove(planned.Layer.WeightTensor, out LayerResult? layer);
                replaced[planned.Layer.WeightTensor] = Quantize(planned, layer!, folding, inputs[planned.Layer.InputGroup], spill);
            }
        }

        return replaced;
    }

    private Dictionary<string, GroupInputs> Observe(
        ActivationStream stream, IReadOnlyList<PlannedLayer> layers, Dictionary<string, ReplacedWeights> replaced)
    {
        Dictionary<string, InputStatistics> statistics = layers.Select(planned => planned.Layer).DistinctBy(layer => layer.InputGroup)
            .ToDictionary(layer => layer.InputGroup, layer => new InputStatistics(layer.Inputs), StringComparer.Ordinal);
        stream.Observe(
            (group, _, rows) =>
            {
                if (statistics.TryGetValue(group, out InputStatistics? seen))
                    seen.Add(rows, _threads);
            },
            replaced,
            cancellationToken);
        foreach ((string group, InputStatistics seen) in statistics)
        {
            if (!seen.MeanSquares().All(double.IsFinite))
            {
                throw GateException.Input(
                    "GATE4056", $"{dense.Folder}: the inputs of {group} are not finite on the calibration data.", new SourceLocation(dense.Folder),
                    "Check that the dense model answers on these texts (gate score); weights in float16 may overflow where bfloat16 does not.");
            }
        }

        return statistics.ToDictionary(pair => pair.Key, pair => new GroupInputs(pair.Value, _threads), StringComparer.Ordinal);
    }

    private LayerResult Prune(PlannedLayer planned, GroupInputs inputs)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new CalibratedLayer(inputs, global, ScalesOf(planned), _threads, cancellationToken)
            .Prune(planned, dense.ReadSingles(planned.Layer.WeightTensor));
    }

    // All scales are searched on the block as it is, then folded together.
    private BlockFolding Fold(ActivationStream stream, Dictionary<string, GroupInputs> inputs, Dictionary<string, LayerResult> pruned)
    {
        BlockFolding folding = new();
        AwqSearch awq = new(stream, dense, ScalesOf, _threads, cancellationToken);
        Dictionary<string, float[]> weights = pruned.ToDictionary(pair => pair.Key, pair => pair.Value.Weights, StringComparer.Ordinal);
        foreach ((string group, GroupInputs seen) in inputs)
        {
            if (_foldable.Find(group) is not { } input)
                continue;
            float[] scales = plan.Recipe.Smooth is { } smooth
                ? SmoothScales.Of(smooth.Alpha, seen.Statistics.Maxima, [.. input.Layers.Select(planned => weights[planned.Layer.WeightTensor])])
                : awq.Find(input, seen.Statistics, weights);
            folding.Add(dense, input.Producer, scales);
        }

        foreach ((string group, GroupInputs seen) in inputs.ToArray())
        {
            if (folding.Inputs(group) is { } scales)
                inputs[group] = new GroupInputs(seen.Statistics.DividedBy(scales), _threads);
        }

        return folding;
    }

    private ReplacedWeights Quantize(PlannedLayer planned, LayerResult pruned, BlockFolding folding, GroupInputs inputs, LayerSpill spill)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinearLayer layer = planned.Layer;
        TensorInfo tensor = dense.Require(layer.WeightTensor);
        NumberFormat format = form.FormatOf(tensor, CandidateFormat.Of(tensor.Format, dense.Configuration));
        bool packed = planned.Quantize is not null && _packed is not null;
        LayerScaling? scaling = folding.Of(layer);
        LayerResult scaled = scaling is null ? pruned : pruned with { Weights = scaling.Apply(pruned.Weights, layer.Inputs), Scaling = scaling };
        LayerResult result = new CalibratedLayer(inputs, global, ScalesOf(planned), _threads, cancellationToken).Quantize(planned, scaled)
            .With(planned.Quantize is null ? null : folding.Objection(layer.InputGroup) ?? _foldable.Objection(layer.InputGroup));

        // The next layers and the error see the values as a reader will: rounded to 16 bit, or what packed codes stand for.
        float[] written = [.. result.Weights];
        for (int i = 0; i < written.Length; i++)
        {
            if (!packed)
                written[i] = SixteenBit.Round(written[i], format);
            if (!float.IsFinite(written[i]))
                throw CandidateFormat.Overflow(dense, layer.Name, format, i / layer.Inputs, i % layer.Inputs, result.Weights[i]);
        }

        spill.Add(layer, result with { OutputError = OutputError(layer, written, scaling, inputs.Statistics) });
        progress?.Report(layer.Name);
        return Replacement(written);
    }

    // On the inputs as they are with the scales folded: the dense weights are scaled by columns to meet them, the written ones set free of their rows' scales.
    private double OutputError(LinearLayer layer, float[] written, LayerScaling? scaling, InputStatistics inputs)
    {
        float[] before = dense.ReadSingles(layer.WeightTensor);
        if (scaling is null)
            return inputs.OutputError(before, written, layer.Outputs, _threads);
        float[] after = [.. written];
        LayerScaling rows = scaling with { Columns = null };
        for (int row = 0; row < layer.Outputs; row++)
            rows.Undo(row, after.AsSpan(row * layer.Inputs, layer.Inputs));
        return inputs.OutputError((scaling with { Rows = null }).Apply(before, layer.Inputs), after, layer.Outputs, _threads);
    }

    private ScaleStorage ScalesOf(PlannedLayer planned) =>
        planned.Quantize is null || _packed is null
            ? ScaleStorage.Half
            : _packed.Scales(CandidateFormat.Of(dense.Require(planned.Layer.WeightTensor).Format, dense.Configuration));

    private static ReplacedWeights Replacement(float[] values) => new(NumberFormat.Float32, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}
