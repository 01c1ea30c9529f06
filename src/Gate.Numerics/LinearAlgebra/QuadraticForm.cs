using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// v·M·vᵀ for every row v of a matrix and a symmetric M, in binary64: the squared output of a layer's rows on inputs whose second moments M are. With U, M's diagonal and
/// what is above it, that is 2·v·U·vᵀ less the diagonal's share, by blocked products; every element is summed by one thread in one fixed order.
/// </summary>
public static class QuadraticForm
{
    // So many rows reuse every packed panel of M. Twice as many gain another tenth on 4096 columns, for twice the memory; folding 128 columns of the product at a time, which
    // packs the rows again for each of them, took 1.6 (4096 columns) and 1.8 times (1024) as long.
    private const int TileRows = 256;

    /// <summary>Computes one value for each row.</summary>
    /// <param name="rows">[count, columns], row-major.</param>
    /// <param name="count">Rows.</param>
    /// <param name="upper">M, [columns, columns], row-major; only the diagonal and what is above it are read.</param>
    /// <param name="columns">Order of M.</param>
    /// <param name="values">Receives one value for each row.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static unsafe void Evaluate(
        ReadOnlySpan<float> rows, int count, ReadOnlySpan<double> upper, int columns, Span<double> values, ComputeThreads threads)
    {
        LengthCheck.RequireRoom((long)count * columns, rows.Length);
        LengthCheck.RequireRoom((long)columns * columns, upper.Length);
        LengthCheck.RequireRoom(count, values.Length);
        int tile = Math.Min(TileRows, count);
        double[] widened = new double[tile * columns], products = new double[tile * columns], diagonal = new double[columns];
        for (int i = 0; i < columns; i++)
            diagonal[i] = upper[(i * columns) + i];

        // Pinned for the duration of the call, because worker threads cannot hold references to spans.
        fixed (float* source = rows)
        {
            fixed (double* moments = upper, wide = widened, product = products, corner = diagonal, sums = values)
            {
                for (int first = 0; first < count; first += TileRows)
                {
                    int size = Math.Min(TileRows, count - first);
                    float* from = source + ((long)first * columns);
                    SpanArithmetic.Widen(new ReadOnlySpan<float>(from, size * columns), new Span<double>(wide, size * columns));
                    EvaluateTile(wide, size, moments, corner, columns, product, sums + first, threads);
                }
            }
        }
    }

    private static unsafe void EvaluateTile(
        double* rows, int count, double* moments, double* diagonal, int columns, double* product, double* sums, ComputeThreads threads)
    {
        new DoubleProduct
        {
            A = rows,
            B = moments,
            C = product,
            Stride = (columns, columns, columns),
            Shape = (count, columns, columns),
            Use = ProductUse.Replace,
            Right = RightSide.UpperTriangular,
        }.Run(threads);
        for (int row = 0; row < count; row++)
        {
            double* vector = rows + ((long)row * columns);
            sums[row] = (2 * DoubleRows.Dot(product + ((long)row * columns), vector, columns)) - DoubleRows.WeightedSquares(diagonal, vector, columns);
        }
    }
}
