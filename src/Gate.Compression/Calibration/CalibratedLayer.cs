using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Models.Architectures;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>Prunes, then quantises one layer whose inputs are known; any method of a recipe may be among the steps.</summary>
/// <param name="inputs">The layer's inputs.</param>
/// <param name="global">Threshold over all layers, for global granularity.</param>
/// <param name="scales">In which precision grids will be stored.</param>
/// <param name="threads">Threads of the kernels.</param>
/// <param name="cancellationToken">Checked between blocks of columns.</param>
internal sealed class CalibratedLayer(
    GroupInputs inputs, GlobalMagnitude? global, ScaleStorage scales, ComputeThreads threads, CancellationToken cancellationToken)
{
    /// <summary>Compresses a layer.</summary>
    /// <param name="planned">What is planned.</param>
    /// <param name="weights">Row-major; left alone.</param>
    public LayerResult Apply(PlannedLayer planned, float[] weights)
    {
        LinearLayer layer = planned.Layer;
        if (planned is { Prune: { Method: "sparsegpt" } both, Quantize: { MaskedPositions: "joint" } grid })
            return Describe(SparseGpt(layer, weights, both, grid));

        LayerResult pruned = planned.Prune is null ? new LayerResult(weights, Mask: null, Quantized: null) : Prune(layer, weights, planned.Prune);
        return planned.Quantize is null ? pruned : Quantize(layer, pruned, planned.Quantize);
    }

    private LayerResult Prune(LinearLayer layer, float[] weights, PruningRecipe prune)
    {
        if (prune.Method == "sparsegpt")
            return Describe(SparseGpt(layer, weights, prune, quantize: null));
        bool[] mask = prune.Method != "wanda"
            ? LayerPruning.Select(layer, weights, prune, global)
            : prune.Pattern is { } pattern
                ? Wanda.SelectNm(weights, inputs.Statistics.MeanSquares(), pattern)
                : Wanda.SelectRows(weights, inputs.Statistics.MeanSquares(), prune.Sparsity ?? 0);
        float[] pruned = [.. weights];
        PruningMask.Apply(mask, pruned);
        return new LayerResult(pruned, mask, Quantized: null);
    }

    private LayerResult Quantize(LinearLayer layer, LayerResult pruned, QuantizationRecipe quantize)
    {
        if (BlockMethod.Find(quantize.Method) is { } method)
            return LayerCompression.Quantize(layer, pruned, method, threads);
        if (quantize.Method != "gptq")
        {
            QuantizedMatrix matrix = RoundToNearest.Quantize(
                pruned.Weights, layer.Outputs, layer.Inputs, quantize.GroupSize, LayerCompression.GridOf(quantize, pruned.Weights, scales), threads);
            return pruned with { Weights = matrix.Dequantize(), Quantized = matrix };
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
        string? fallback = (pruned.Fallback, result.Fallback) switch
        {
            ({ } first, { } second) => $"{first}; {second}",
            (var first, var second) => first ?? second,
        };
        return Describe(result) with { Mask = pruned.Mask, Fallback = fallback };
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
