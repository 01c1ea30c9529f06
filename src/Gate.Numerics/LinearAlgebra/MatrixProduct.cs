using Gate.Numerics.Memory;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// y[t, r] = Σₖ x[t, k]·W[r, k] + bias[r] in binary32. The bits of y[t, r] depend on x[t, :], W[r, :] and bias[r] alone: not on the other
/// tokens, the number of threads or the width of the machine's vectors.
/// </summary>
/// <remarks>
/// The inputs are cut into blocks of <see cref="PanelLayout.BlockDepth"/>. Within a block one chain of fused multiply-adds runs over k in rising
/// order, starting from +0; the sums of the blocks are added in block order; the bias is added last. 16-bit weights are widened exactly.
/// </remarks>
public static class MatrixProduct
{
    /// <summary>
    /// Tokens multiplied in one go: enough that reading a weight (2 or 4 bytes) is paid back a thousand times, few enough that the packed
    /// inputs of a wide layer stay near the third-level cache.
    /// </summary>
    private const int SlabTokens = 1024;

    /// <summary>Multiplies.</summary>
    /// <param name="x">[tokens, w.Columns], row-major.</param>
    /// <param name="tokens">Number of rows of x, at least 0.</param>
    /// <param name="w">Packed weights.</param>
    /// <param name="bias">[w.Rows], or empty for none.</param>
    /// <param name="y">[tokens, w.Rows], row-major; must not overlap x.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    /// <exception cref="ObjectDisposedException">The weights were released.</exception>
    public static unsafe void Multiply(
        ReadOnlySpan<float> x, int tokens, PackedMatrix w, ReadOnlySpan<float> bias, Span<float> y, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        LengthCheck.RequireRoom((long)tokens * w.Columns, x.Length);
        LengthCheck.RequireRoom((long)tokens * w.Rows, y.Length);
        if (!bias.IsEmpty)
            LengthCheck.RequireEqual(w.Rows, bias.Length);

        // The spans are pinned for the duration of the call, because worker threads cannot hold references to them.
        fixed (float* inputs = x, outputs = y, biases = bias)
        {
            for (int first = 0; first < tokens; first += SlabTokens)
            {
                var groups = new TokenGroups(Math.Min(SlabTokens, tokens - first));
                float* slab = inputs + ((long)first * w.Columns);
                var call = new ProductCall(slab, groups, w, biases, outputs + ((long)first * w.Rows));
                Run(call, w.Format, threads);
            }
        }

        GC.KeepAlive(w);
    }

    private static void Run(ProductCall call, NumberFormat format, ComputeThreads threads)
    {
        switch (format)
        {
            case NumberFormat.Float32:
                ProductDriver<Float32Panel>.Run(call, threads);
                break;
            case NumberFormat.BFloat16:
                ProductDriver<BFloat16Panel>.Run(call, threads);
                break;
            default:
                ProductDriver<Float16Panel>.Run(call, threads);
                break;
        }
    }
}
