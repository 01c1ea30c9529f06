using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Compression;

/// <summary>Prunes, then quantises one layer; knows nothing of the model around it.</summary>
internal static class LayerCompression
{
    /// <summary>Compresses a layer by methods that need nothing but its weights.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="planned">What is planned for it.</param>
    /// <param name="weights">Row-major; changed in place.</param>
    /// <param name="shared">What pruning decides over several layers, where the recipe asks for it.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="scales">In which precision grids will be stored.</param>
    public static LayerResult Apply(
        LinearLayer layer, PlannedLayer planned, float[] weights, ISharedMask? shared, ComputeThreads threads, ScaleStorage scales)
    {
        bool[]? mask = null;
        QuantizedMatrix? matrix = null;
        if (planned.Prune is { } prune)
        {
            mask = LayerPruning.Select(layer, weights, prune, shared, threads);
            PruningMask.Apply(mask, weights);
        }

        if (planned.Quantize is { } named && BlockMethod.Find(named.Method) is { } method)
            return Quantize(layer, new LayerResult(weights, mask, Quantized: null), method, threads);
        if (planned.Quantize is { } quantize)
        {
            GridOptions grid = GridOf(quantize, weights, scales);
            matrix = RoundToNearest.Quantize(weights, layer.Outputs, layer.Inputs, quantize.GroupSize, grid, threads);
            matrix.Dequantize(weights, threads);
        }

        return new LayerResult(weights, mask, matrix);
    }

    /// <summary>Whether grids are searched so long that the layer is worth keeping; docs/architecture.md has the measurement.</summary>
    public static bool IsSearched(PlannedLayer planned) => planned.Quantize is { Clipping: "mse" } or { Method: "q4_k" or "q6_k" };

    /// <summary>Quantises a layer in a block format.</summary>
    public static LayerResult Quantize(LinearLayer layer, LayerResult pruned, BlockMethod method, ComputeThreads threads)
    {
        var blocks = BlockMatrix.Quantize(pruned.Weights, layer.Outputs, layer.Inputs, method.Format, threads);
        return pruned with { Weights = blocks.Dequantize(threads), Blocks = blocks };
    }

    /// <summary>The grid of a checked recipe; scales have the precision in which they are counted and stored.</summary>
    /// <param name="quantize">The recipe.</param>
    /// <param name="weights">The matrix to be quantised, for one scale over all of it.</param>
    /// <param name="scales">In which precision grids will be stored.</param>
    public static GridOptions GridOf(QuantizationRecipe quantize, ReadOnlySpan<float> weights, ScaleStorage scales) => new(quantize.Bits, quantize.Symmetric)
    {
        Elements = quantize.Grid switch
        {
            "fp8-e4m3" => GridElements.Float8E4M3,
            "nf4" => GridElements.NormalFloat4,
            "mxfp4" => GridElements.Float4E2M1,
            _ => GridElements.Integer,
        },
        WholeRange = quantize.Granularity == "tensor" ? QuantizationGrid.RangeOf(weights) : null,
        Range = quantize.SymmetricRange == "full" ? SymmetricRange.Full : SymmetricRange.Restricted,
        Clipping = quantize.Clipping == "mse" ? new GridClipping() : null,
        HalfScales = true,
        BFloat16Scales = scales.Format == NumberFormat.BFloat16,
        HasStoredMinimum = scales.WithMinimum,
    };
}
