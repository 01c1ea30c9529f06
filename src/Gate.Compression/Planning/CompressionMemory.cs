using Gate.Models;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Planning;

/// <summary>What compression takes in memory at most, from shapes alone.</summary>
/// <param name="LayerBytes">The program, one block and its statistics, one layer being compressed; what no limit can lower.</param>
/// <param name="BatchBytes">Activations of one calibration window inside a block, at least.</param>
/// <param name="TokenBytes">The same for one token.</param>
/// <param name="WindowTokens">Tokens of a calibration window; 0 without calibration.</param>
/// <param name="StreamBytes">The residual stream of all windows, which can lie in a file.</param>
/// <param name="RecordedBytes">What a search of input scales remembers beside it: the inputs of a module's last layer, which can lie in a file; 0 where none are searched. A second
/// residual stream, behind the attention, then stands beside the first.</param>
public sealed record CompressionMemory(long LayerBytes, long BatchBytes, long TokenBytes, int WindowTokens, long StreamBytes, long RecordedBytes = 0)
{
    // The runtime, its code, the tokenizer and buffers of fixed size, measured on small models; and what may lie dead before it is collected.
    private const long BaseBytes = (160L << 20) + LargeGarbage.Least;

    // While a layer is swept: weights in binary32 before and after, in binary64 on the way, codes, mask, values of the codes; bytes per weight.
    private const int SweepBytes = 30;

    // While a layer is rounded without a sweep.
    private const int RoundingBytes = 14;

    /// <summary>The least a limit can be.</summary>
    public long Least => LayerBytes + BatchBytes;

    /// <summary>The most memory taken without a limit.</summary>
    public long Peak => PeakOf(Within(null));

    /// <summary>How to compress within a limit.</summary>
    /// <param name="limit">Bytes, at least <see cref="Least"/>; null for the defaults.</param>
    public (long ActivationBytes, int BatchTokens) Within(long? limit)
    {
        var defaults = new CompressionOptions(Gate.Numerics.Threading.ComputeThreads.All);
        if (limit is not { } bytes)
            return (defaults.ActivationBytes, defaults.BatchTokens);
        long room = bytes - LayerBytes;
        int batch = (int)Math.Clamp(TokenBytes == 0 ? defaults.BatchTokens : room / 2 / TokenBytes, Math.Max(1, WindowTokens), Math.Max(WindowTokens, defaults.BatchTokens));
        return (Math.Max(0, room - (batch * TokenBytes)) / (RecordedBytes > 0 ? 3 : 1), batch);
    }

    /// <summary>The most memory taken under these settings; each store of activations lies in a file of its own when it is larger than it may be.</summary>
    public long PeakOf((long ActivationBytes, int BatchTokens) settings) =>
        LayerBytes + Math.Max(BatchBytes, TokenBytes * settings.BatchTokens)
        + (StreamBytes <= settings.ActivationBytes ? StreamBytes * (RecordedBytes > 0 ? 2 : 1) : 0) + (RecordedBytes <= settings.ActivationBytes ? RecordedBytes : 0);

    /// <summary>Predicts.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="plan">The plan.</param>
    public static CompressionMemory Of(Model dense, CompressionPlan plan)
    {
        long widest = plan.Layers.Max(planned => planned.Layer.WeightCount);
        if (plan.Recipe.Calibration is not { } calibration)
            return new CompressionMemory(BaseBytes + (RoundingBytes * widest), 0, 0, 0, 0);
        ILookup<int, LinearLayer> blocks = dense.LinearLayers.Where(layer => layer.Block >= 0).ToLookup(layer => layer.Block);
        long layers = plan.Layers.Where(planned => planned.Layer.Block >= 0).GroupBy(planned => planned.Layer.Block)
            .Select(block => BlockBytes(dense, plan, [.. block], [.. blocks[block.Key]])).DefaultIfEmpty(RoundingBytes * widest).Max();
        long token = sizeof(float) * blocks.Max(block => block.Sum(layer => (long)layer.Inputs + layer.Outputs));
        long tokens = (long)calibration.Samples * calibration.SequenceLength;
        int width = dense.Width;
        bool searches = plan.Layers.Any(planned => planned.Quantize is { Method: "awq" });
        long closing = blocks.Max(block => block.Max(layer => (long)layer.Inputs));
        return new CompressionMemory(
            BaseBytes + layers, token * calibration.SequenceLength, token, calibration.SequenceLength, tokens * width * sizeof(float),
            searches ? tokens * closing * sizeof(float) : 0);
    }

    // Either the block runs, over all its statistics, or one of its layers is compressed, with a factor beside the statistics.
    private static long BlockBytes(Model dense, CompressionPlan plan, PlannedLayer[] planned, LinearLayer[] block)
    {
        bool sequential = plan.Recipe.Calibration!.TrueSequential;
        LinearLayer[] groups = [.. planned.Select(layer => layer.Layer).DistinctBy(layer => layer.InputGroup)];
        long statistics = groups.Length == 0 ? 0 : sequential ? groups.Max(SquareBytes) : groups.Sum(SquareBytes);
        long stored = block.Sum(layer => layer.WeightCount * ElementBytes(dense, layer));
        long replaced = planned.Sum(layer => layer.Layer.WeightCount * (IsPacked(plan, layer) ? sizeof(float) : sizeof(ushort)));
        long packed = block.Sum(layer => layer.WeightCount * (planned.Any(other => other.Layer == layer && IsPacked(plan, other)) ? sizeof(float) : ElementBytes(dense, layer)));
        long observing = stored + statistics + (sequential ? replaced : 0);
        long compressing = statistics + replaced + planned.Max(layer => FactorBytes(layer) + (layer.Layer.WeightCount * SweepBytes));
        return Math.Max(Math.Max(observing, compressing), packed + replaced);
    }

    private static bool IsPacked(CompressionPlan plan, PlannedLayer layer) => layer.Quantize is not null && plan.Layout != CandidateLayout.Dense;

    private static long SquareBytes(LinearLayer layer) => (long)layer.Inputs * layer.Inputs * sizeof(double);

    // The factor, and as much again for the copies its blocked products make; with activation order the Hessian beside the matrix its columns move to.
    private static long FactorBytes(PlannedLayer planned)
    {
        bool swept = planned.Prune is { Method: "sparsegpt" }, rounded = planned.Quantize is { Method: "gptq" };
        bool ordered = rounded && planned.Quantize!.ActivationOrder;
        int matrices = (swept && rounded && (ordered || planned.Prune!.Damping != planned.Quantize!.Damping) ? 3 : swept || rounded ? 2 : 0) + (ordered ? 1 : 0);
        return matrices * SquareBytes(planned.Layer);
    }

    private static long ElementBytes(Model dense, LinearLayer layer) => dense.Checkpoint.Require(layer.WeightTensor).Format == NumberFormat.Float32 ? 4 : 2;
}
