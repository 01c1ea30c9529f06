using Gate.Compression;
using Gate.Compression.Planning;
using Gate.Core.Configuration;
using Gate.Core.Planning;
using Gate.Diagnostics;

namespace Gate.Core.Pipeline;

/// <summary>What a run takes in memory at most, found out from shapes alone and held against the limit.</summary>
/// <param name="CompressionBytes">While the candidate is made.</param>
/// <param name="EvaluationBytes">While a model answers questions.</param>
/// <param name="ActivationsInFile">Whether the activations of calibration lie in a temporary file.</param>
/// <param name="PlanningBytes">While a recipe is planned for a budget; 0 where one is given.</param>
public sealed record MemoryForecast(long CompressionBytes, long EvaluationBytes, bool ActivationsInFile, long PlanningBytes)
{
    // The runtime, the suite and the activations of one batch.
    private const long BaseBytes = 160L << 20;

    /// <summary>The most at any time.</summary>
    public long PeakBytes => Math.Max(PlanningBytes, Math.Max(CompressionBytes, EvaluationBytes));

    /// <summary>Predicts a whole run.</summary>
    /// <exception cref="GateException">Exit 2 (GATE4140): more than the limit even with everything in files that can be.</exception>
    public static MemoryForecast Of(GateConfiguration configuration, JudgedModel dense, CompressionPlan plan)
    {
        long evaluation = Evaluating(dense, plan);
        MemoryForecast forecast = OfCompression(configuration, dense, plan) with { EvaluationBytes = evaluation };
        if (configuration.Memory is { } limit && evaluation > limit)
            throw TooSmall(limit, Math.Max(evaluation, CompressionMemory.Of(dense.Model, plan).Least), "a loaded model that answers questions");
        return forecast;
    }

    /// <summary>Predicts compression alone.</summary>
    /// <exception cref="GateException">Exit 2 (GATE4140): more than the limit even with everything in files that can be.</exception>
    public static MemoryForecast OfCompression(GateConfiguration configuration, JudgedModel dense, CompressionPlan plan)
    {
        CompressionMemory memory = Compressing(dense, plan, configuration.Memory);
        (long ActivationBytes, int BatchTokens) settings = memory.Within(configuration.Memory);
        return new MemoryForecast(
            memory.PeakOf(settings), 0, memory.StreamBytes > settings.ActivationBytes, PlanningMemory.Of(configuration, dense) is { } planning ? planning.PeakWithin(configuration.Memory) : 0);
    }

    /// <summary>What compression takes, once it is known to fit.</summary>
    internal static CompressionMemory Compressing(JudgedModel dense, CompressionPlan plan, long? limit)
    {
        CompressionMemory memory = CompressionMemory.Of(dense.Model, plan);
        return limit is null || limit >= memory.Least
            ? memory
            : throw TooSmall(limit.Value, memory.Least, plan.Recipe.Calibration is null ? "the largest layer" : "one block with its calibration statistics");
    }

    // Matrices stay as wide as they are stored; codes of a packed candidate are widened to 32 bit. A quarter for what a batch takes.
    internal static long Evaluating(JudgedModel dense, CompressionPlan plan)
    {
        long weights = dense.Checkpoint.Tensors.Sum(tensor => tensor.Length);
        long widened = plan.Layout == CandidateLayout.Dense ? 0 : plan.Layers.Where(layer => layer.Quantize is not null)
            .Sum(layer => (sizeof(float) * layer.Layer.WeightCount) - dense.Checkpoint.Require(layer.Layer.WeightTensor).Length);
        return BaseBytes + ((weights + Math.Max(0, widened)) * 5 / 4);
    }

    /// <summary>The refusal of a limit.</summary>
    internal static GateException TooSmall(long limit, long least, string what) => GateException.Usage(
        "GATE4140", $"memory: expected at least {Written(least)} for {what}, found {ByteSize.Format(limit)}.",
        remedy: $"Pass --memory {Written(least)} or more, calibrate on shorter samples, or use a larger machine.");

    // Rounded up, so that what is advised is enough.
    private static string Written(long bytes) => $"{(bytes + (1 << 20) - 1) >> 20}MiB";
}
