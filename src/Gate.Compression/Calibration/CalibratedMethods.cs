using Gate.Compression.ErrorFeedback;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>
/// GPTQ and SparseGPT on one layer with its numerical traps handled: an input whose Hessian stays indefinite gets the plain method instead, and the
/// result says so.
/// </summary>
public static class CalibratedMethods
{
    /// <summary>GPTQ; round to nearest when the Hessian cannot be factored.</summary>
    /// <param name="weights">Row-major, rows × columns; pruned weights are 0 already.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="input">Calibration of the layer's input.</param>
    /// <param name="options">What to do.</param>
    /// <param name="activationOrder">Whether columns are taken by descending activity.</param>
    /// <param name="mask">True = pruned and kept at 0 (prune, then quantise only what is kept), or null to quantise everything.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    public static CalibratedResult Gptq(
        ReadOnlyMemory<float> weights, int rows, SharedInput input, GptqOptions options, bool activationOrder, bool[]? mask, ComputeThreads threads,
        CancellationToken cancellationToken = default)
    {
        HessianFactor? factor = input.Factor(activationOrder);
        QuantizedMatrix matrix = factor is null
            ? RoundToNearest.Quantize(weights, rows, input.Statistics.Columns, options.GroupSize, options.Grid, threads)
            : Quantization.Gptq.Quantize(weights, rows, factor, options, mask, threads, cancellationToken).Matrix;
        return new CalibratedResult(matrix.Dequantize(threads), mask, factor is null ? "rtn: the Hessian is indefinite" : null, matrix);
    }

    /// <summary>SparseGPT; magnitude pruning in each layer, then round to nearest, when the Hessian cannot be factored.</summary>
    /// <param name="weights">Row-major, rows × columns.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="input">Calibration of the layer's input.</param>
    /// <param name="options">What to do.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    public static CalibratedResult SparseGpt(
        ReadOnlyMemory<float> weights, int rows, SharedInput input, SparseGptOptions options, ComputeThreads threads,
        CancellationToken cancellationToken = default)
    {
        if (input.Factor(activationOrder: false) is { } factor)
        {
            SparseGptResult result = Pruning.SparseGpt.Prune(weights, rows, factor, options, threads, cancellationToken);
            return new CalibratedResult(result.Weights, result.Mask, Fallback: null, result.Quantized);
        }

        bool[] mask = options.Pattern is { } pattern
            ? MagnitudePruning.SelectNm(weights, input.Statistics.Columns, pattern, threads)
            : MagnitudePruning.SelectLayer(weights, options.Sparsity ?? 0, threads, options.Count);
        float[] pruned = weights.ToArray();
        PruningMask.Apply(mask, pruned);
        QuantizedMatrix? matrix = options.Grid is { } grid
            ? RoundToNearest.Quantize(pruned, rows, input.Statistics.Columns, options.GroupSize, grid, threads)
            : null;
        return new CalibratedResult(matrix?.Dequantize(threads) ?? pruned, mask, "magnitude: the Hessian is indefinite", matrix);
    }
}
