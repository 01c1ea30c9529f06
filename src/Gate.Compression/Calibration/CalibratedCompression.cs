using System.Runtime.InteropServices;
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
            foreach (PlannedLayer planned in round)
                replaced[planned.Layer.WeightTensor] = Compress(planned, inputs[planned.Layer.InputGroup], spill);
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

    private ReplacedWeights Compress(PlannedLayer planned, GroupInputs inputs, LayerSpill spill)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinearLayer layer = planned.Layer;
        float[] weights = dense.ReadSingles(layer.WeightTensor);
        TensorInfo tensor = dense.Require(layer.WeightTensor);
        NumberFormat format = form.FormatOf(tensor, CandidateFormat.Of(tensor.Format, dense.Configuration));
        LayerFormat? packed = planned.Quantize is null ? null : LayerFormat.Of(plan.Layout, dense);
        ScaleStorage scales = packed?.Scales(CandidateFormat.Of(tensor.Format, dense.Configuration)) ?? ScaleStorage.Half;
        LayerResult result = new CalibratedLayer(inputs, global, scales, _threads, cancellationToken).Apply(planned, [.. weights]);

        // The next layers and the error see the values as a reader will: rounded to 16 bit, or what packed codes stand for.
        float[] written = [.. result.Weights];
        for (int i = 0; i < written.Length; i++)
        {
            if (packed is null)
                written[i] = SixteenBit.Round(written[i], format);
            if (!float.IsFinite(written[i]))
                throw CandidateFormat.Overflow(dense, layer.Name, format, i / layer.Inputs, i % layer.Inputs, result.Weights[i]);
        }

        spill.Add(layer, result with { OutputError = inputs.Statistics.OutputError(weights, written, layer.Outputs, _threads) });
        progress?.Report(layer.Name);
        return new ReplacedWeights(NumberFormat.Float32, MemoryMarshal.AsBytes(written.AsSpan()).ToArray());
    }
}
