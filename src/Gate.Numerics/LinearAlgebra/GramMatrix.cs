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

    /// <summary>Adds XᵀX to the upper triangle and the diagonal of H and leaves the rest undefined until <see cref="CompleteLower"/>.</summary>
    /// <param name="x">[tokens, columns], row-major.</param>
    /// <param name="tokens">Number of rows of x, at least 0.</param>
    /// <param name="columns">Width of H.</param>
    /// <param name="h">[columns, columns], row-major.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static void AccumulateUpper(ReadOnlySpan<float> x, int tokens, int columns, Span<double> h, ComputeThreads threads)
    {
        LengthCheck.RequireRoom((long)tokens * columns, x.Length);
        LengthCheck.RequireRoom((long)columns * columns, h.Length);
        for (int first = 0; first < tokens; first += BlockTokens)
        {
            int count = Math.Min(BlockTokens, tokens - first);
            for (int i = 0; i < columns; i++)
            {
                for (int j = i; j < columns; j++)
                {
                    float sum = 0;
                    for (int t = first; t < first + count; t++)
                        sum = MathF.FusedMultiplyAdd(x[(t * columns) + i], x[(t * columns) + j], sum);
                    h[(i * columns) + j] += sum;
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
        LengthCheck.RequireRoom((long)columns * columns, h.Length);
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < i; j++)
                h[(i * columns) + j] = h[(j * columns) + i];
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
