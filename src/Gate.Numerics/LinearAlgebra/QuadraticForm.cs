using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// v·M·vᵀ for every row v of a matrix and a symmetric M, in binary64: the squared output of a layer's rows on inputs whose second moments M are. With U, M's diagonal and
/// what is above it, that is 2·v·U·vᵀ less the diagonal's share, by blocked products; every element is summed by one thread in one fixed order.
/// </summary>
public static class QuadraticForm
{
    // 256 rows reuse a packed panel of M often enough; 128 columns of a product are folded while they are in the second-level cache.
    private const int TileRows = 256;
    private const int BlockColumns = 128;

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
        double[] widened = new double[tile * columns];
        double[] products = new double[tile * BlockColumns];

        // Pinned for the duration of the call, because worker threads cannot hold references to spans.
        fixed (float* source = rows)
        {
            fixed (double* moments = upper, wide = widened, product = products, sums = values)
            {
                for (int first = 0; first < count; first += TileRows)
                {
                    int size = Math.Min(TileRows, count - first);
                    for (long i = 0; i < (long)size * columns; i++)
                        wide[i] = source[((long)first * columns) + i];
                    EvaluateTile(wide, size, moments, columns, product, sums + first, threads);
                }
            }
        }
    }

    private static unsafe void EvaluateTile(
        double* rows, int count, double* moments, int columns, double* product, double* sums, ComputeThreads threads)
    {
        double* diagonal = stackalloc double[BlockColumns];
        new Span<double>(sums, count).Clear();
        for (int block = 0; block < columns; block += BlockColumns)
        {
            int start = block, width = Math.Min(BlockColumns, columns - start);
            new DoubleProduct
            {
                A = rows,
                B = moments + start,
                C = product,
                Stride = (columns, columns, BlockColumns),
                Shape = (count, width, start + width),
                Use = ProductUse.Replace,
                Right = RightSide.UpperTrapezoid,
            }.Run(threads);
            for (int i = 0; i < width; i++)
                diagonal[i] = moments[((long)(start + i) * columns) + start + i];
            for (int row = 0; row < count; row++)
            {
                double* vector = rows + ((long)row * columns) + start;
                double* line = product + ((long)row * BlockColumns);
                sums[row] += (2 * DoubleRows.Dot(line, vector, width)) - DoubleRows.WeightedSquares(diagonal, vector, width);
            }
        }
    }
}
