using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Models.Blueprints;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>Prunes, then quantises one layer whose inputs are known; any method of a recipe may be among the steps.</summary>
/// <param name="inputs">The layer's inputs.</param>
/// <param name="shared">What pruning decides over several layers, where the recipe asks for it.</param>
/// <param name="scales">In which precision grids will be stored.</param>
/// <param name="threads">Threads of the kernels.</param>
/// <param name="cancellationToken">Checked between blocks of columns.</param>
internal sealed class CalibratedLayer(
    GroupInputs inputs, ISharedMask? shared, ScaleStorage scales, ComputeThreads threads, CancellationToken cancellationToken)
{
    /// <summary>Prunes a layer, and quantises it where that is one sweep.</summary>
    /// <param name="planned">What is planned.</param>
    /// <param name="weights">Row-major; left alone.</param>
    public LayerResult Prune(PlannedLayer planned, float[] weights)
    {
        LinearLayer layer = planned.Layer;
        if (FewTokens is { } few && (planned.Prune is { Method: "wanda" or "sparsegpt" } || IsJoint(planned)))
            return PruneByMagnitude(layer, weights, planned, few);
        if (planned is { Prune: { Method: "sparsegpt" } both, Quantize: { MaskedPositions: "joint" } grid })
            return Describe(SparseGpt(layer, weights, both, grid));
        return planned.Prune is null ? new LayerResult(weights, Mask: null, Quantized: null) : Prune(layer, weights, planned.Prune);
    }

    /// <summary>Quantises a layer, unless pruning did.</summary>
    /// <param name="planned">What is planned.</param>
    /// <param name="pruned">What pruning made of it; with the scales that are folded into it.</param>
    public LayerResult Quantize(PlannedLayer planned, LayerResult pruned) =>
        planned.Quantize is null || pruned.Quantized is not null ? pruned : Quantize(planned.Layer, pruned, planned.Quantize);

    // What calibration saw is no sample of what the layer will see: an expert that few tokens chose.
    private string? FewTokens => inputs.Statistics.IsSample
        ? null
        : $"{inputs.Statistics.Tokens} calibration tokens reach the layer, fewer than {InputStatistics.LeastTokens}";

    private static bool IsJoint(PlannedLayer planned) => planned is { Prune.Method: "sparsegpt", Quantize.MaskedPositions: "joint" };

    private LayerResult PruneByMagnitude(LinearLayer layer, float[] weights, PlannedLayer planned, string few)
    {
        PruningRecipe prune = planned.Prune!;
        bool[] mask = prune.Pattern is { } pattern
            ? MagnitudePruning.SelectNm(weights, layer.Inputs, pattern, threads)
            : MagnitudePruning.SelectLayer(weights, prune.Sparsity ?? 0, threads);
        float[] pruned = [.. weights];
        PruningMask.Apply(mask, pruned);
        LayerResult result = new LayerResult(pruned, mask, Quantized: null).With($"magnitude: {few}");
        return IsJoint(planned) ? Quantize(layer, result, planned.Quantize!) : result;
    }

    private LayerResult Prune(LinearLayer layer, float[] weights, PruningRecipe prune)
    {
        if (prune.Method == "sparsegpt")
            return Describe(SparseGpt(layer, weights, prune, quantize: null));
        bool[] mask = prune.Method != "wanda"
            ? LayerPruning.Select(layer, weights, prune, shared, threads)
            : prune.Pattern is { } pattern
                ? Wanda.SelectNm(weights, inputs.Statistics.MeanSquares(), pattern, threads)
                : Wanda.SelectRows(weights, inputs.Statistics.MeanSquares(), prune.Sparsity ?? 0, threads);
        float[] pruned = [.. weights];
        PruningMask.Apply(mask, pruned);
        return new LayerResult(pruned, mask, Quantized: null);
    }

    private LayerResult Quantize(LinearLayer layer, LayerResult pruned, QuantizationRecipe quantize)
    {
        if (BlockMethod.Find(quantize.Method) is { } method)
            return LayerCompression.Quantize(layer, pruned, method, threads);
        if (FewTokens is { } few)
        {
            QuantizedMatrix nearest = RoundToNearest.Quantize(
                pruned.Weights, layer.Outputs, layer.Inputs, quantize.GroupSize, LayerCompression.GridOf(quantize, pruned.Weights, scales), threads);
            return (pruned with { Weights = nearest.Dequantize(threads), Quantized = nearest }).With($"rtn: {few}");
        }

        if (quantize.Method != "gptq")
        {
            GridOptions grid = LayerCompression.GridOf(quantize, pruned.Weights, scales);

            // Queries and keys go through a softmax of their product; the paper found that clipping them harms.
            float[] weights = quantize.Method == "awq" && layer.Role is not (LinearRole.AttentionQuery or LinearRole.AttentionKey or LinearRole.AttentionQueryKeyValue)
                ? AwqClipping.Clip(pruned.Weights, layer.Outputs, quantize.GroupSize, grid, inputs.Statistics, threads)
                : pruned.Weights;
            QuantizedMatrix matrix = quantize.Clipping == "importance"
                ? ImportanceRounding.Quantize(weights, layer.Outputs, quantize.GroupSize, grid, inputs.Statistics.MeanSquares(), threads)
                : RoundToNearest.Quantize(weights, layer.Outputs, layer.Inputs, quantize.GroupSize, grid, threads);
            return pruned with { Weights = matrix.Dequantize(threads), Quantized = matrix };
        }

        GptqOptions options = new(LayerCompression.GridOf(quantize, pruned.Weights, scales))
        {
            GroupSize = quantize.GroupSize,
            StaticGroups = quantize.StaticGroups,
            BlockSize = quantize.BlockSize,
        };
        CalibratedResult result = CalibratedMethods.Gptq(
            pruned.Weights, layer.Outputs, inputs.With(quantize.Damping), options, quantize.ActivationOrder,
            quantize.MaskedPositions == "quantize" ? null : pruned.Mask, threads, cancellationToken);
        return (pruned with { Weights = result.Weights, Quantized = result.Quantized }).With(result.Fallback);
    }

    private CalibratedResult SparseGpt(LinearLayer layer, float[] weights, PruningRecipe prune, QuantizationRecipe? quantize) =>
        CalibratedMethods.SparseGpt(
            weights, layer.Outputs, inputs.With(prune.Damping),
            new SparseGptOptions
            {
                Sparsity = prune.Sparsity,
                Pattern = prune.Pattern,
                BlockSize = prune.BlockSize,
                Grid = quantize is null ? null : LayerCompression.GridOf(quantize, weights, scales),
                GroupSize = quantize?.GroupSize,
            },
            threads,
            cancellationToken);

    private static LayerResult Describe(CalibratedResult result) => new(result.Weights, result.Mask, result.Quantized, OutputError: null, result.Fallback);
}
