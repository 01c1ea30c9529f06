using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// H += XᵀX, the second moments of a layer's inputs, as calibrated compression needs them. Products of up to 256 tokens are summed in binary32
/// by fused multiply-add in token order, these sums are added to H in binary64. The bits do not depend on the number of threads; they do depend
/// on how the tokens are divided between calls, unless every call but the last brings a multiple of 256.
/// </summary>
public static class GramMatrix
{
    /// <summary>Tokens summed in binary32 before the sum goes to binary64. Part of the contract: it decides bits.</summary>
    public const int BlockTokens = 256;

    /// <summary>Adds XᵀX to the upper triangle and the diagonal of H; the rest is undefined until <see cref="CompleteLower"/>.</summary>
    /// <param name="x">[tokens, columns], row-major.</param>
    /// <param name="tokens">Number of rows of x, at least 0.</param>
    /// <param name="columns">Width of H.</param>
    /// <param name="h">[columns, columns], row-major.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static unsafe void AccumulateUpper(ReadOnlySpan<float> x, int tokens, int columns, Span<double> h, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        LengthCheck.RequireRoom((long)tokens * columns, x.Length);
        LengthCheck.RequireRoom((long)columns * columns, h.Length);

        // Pinned for the duration of the call, because worker threads cannot hold references to spans.
        fixed (float* inputs = x)
        {
            fixed (double* moments = h)
            {
                for (int first = 0; first < tokens; first += BlockTokens)
                {
                    var block = new GramBlock(inputs + ((long)first * columns), Math.Min(BlockTokens, tokens - first), columns, moments);
                    ParallelWork.Run(block.Panels, threads, block.Pack);

                    // The last panels have the most work: they go first.
                    ParallelWork.Run(block.Panels, threads, piece => block.Accumulate(block.Panels - 1 - piece));
                }
            }
        }
    }

    /// <summary>Copies the upper triangle of H onto the lower one.</summary>
    /// <param name="h">[columns, columns], row-major.</param>
    /// <param name="columns">Width of H.</param>
    /// <exception cref="ArgumentException">The span is shorter than its shape.</exception>
    public static void CompleteLower(Span<double> h, int columns)
    {
        const int tile = 32; // 8 KiB read, 8 KiB written: both stay in the first-level cache
        LengthCheck.RequireRoom((long)columns * columns, h.Length);
        for (int firstRow = 0; firstRow < columns; firstRow += tile)
        {
            for (int firstColumn = 0; firstColumn <= firstRow; firstColumn += tile)
            {
                for (int i = firstRow; i < Math.Min(firstRow + tile, columns); i++)
                {
                    for (int j = firstColumn; j < Math.Min(firstColumn + tile, i); j++)
                        h[(i * columns) + j] = h[(j * columns) + i];
                }
            }
        }
    }

    /// <summary>Adds XᵀX to the whole of a symmetric H.</summary>
    /// <param name="x">[tokens, columns], row-major.</param>
    /// <param name="tokens">Number of rows of x, at least 0.</param>
    /// <param name="columns">Width of H.</param>
    /// <param name="h">[columns, columns], row-major, symmetric.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static void Accumulate(ReadOnlySpan<float> x, int tokens, int columns, Span<double> h, ComputeThreads threads)
    {
        AccumulateUpper(x, tokens, columns, h, threads);
        CompleteLower(h, columns);
    }
}
