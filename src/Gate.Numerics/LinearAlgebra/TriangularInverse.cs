using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Inverses of triangular matrices in binary64, in place, row-major; the bits do not depend on the number of threads.</summary>
public static class TriangularInverse
{
    /// <summary>Rows done at a time: the products of a block then use the register blocks, and its own inverse is a small share.</summary>
    internal const int BlockRows = 128;

    /// <summary>Replaces a lower triangular L by L⁻¹.</summary>
    /// <remarks>
    /// Block row by block row: with X the inverse of the rows above and D the block's own inverse, the block left of the diagonal becomes
    /// −D·(L·X).
    /// </remarks>
    /// <param name="l">[n, n] with a diagonal without zeros; what stands above the diagonal is neither read nor written.</param>
    /// <param name="n">Order of the matrix.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <exception cref="ArgumentException">The span is shorter than its shape.</exception>
    public static unsafe void InvertLower(Span<double> l, int n, ComputeThreads threads)
    {
        LengthCheck.RequireRoom((long)n * n, l.Length);
        double[] inverse = new double[BlockRows * BlockRows];
        fixed (double* matrix = l, diagonalInverse = inverse)
        {
            for (int first = 0; first < n; first += BlockRows)
            {
                int rows = Math.Min(BlockRows, n - first);
                double* left = matrix + ((long)first * n);
                InvertBlock(left + first, n, rows, diagonalInverse);
                if (first > 0)
                {
                    Multiply(left, n, matrix, n, left, n, (rows, first, first), ProductUse.Replace, RightSide.LowerTriangular, threads);
                    Multiply(
                        diagonalInverse, BlockRows, left, n, left, n, (rows, first, rows), ProductUse.ReplaceNegated, RightSide.Full, threads);
                }

                for (int i = 0; i < rows; i++)
                    new ReadOnlySpan<double>(diagonalInverse + (i * BlockRows), i + 1).CopyTo(new Span<double>(left + ((long)i * n) + first, i + 1));
            }
        }
    }

    /// <summary>The inverse of one lower triangular block.</summary>
    /// <param name="l">The block, rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="order">At most <see cref="BlockRows"/>.</param>
    /// <param name="inverse">[BlockRows, BlockRows]; receives the inverse, zeros above the diagonal.</param>
    internal static unsafe void InvertBlock(double* l, int stride, int order, double* inverse)
    {
        new Span<double>(inverse, BlockRows * BlockRows).Clear();
        for (int i = 0; i < order; i++)
        {
            double* row = l + ((long)i * stride);
            double* result = inverse + (i * BlockRows);
            for (int k = 0; k < i; k++)
                DoubleRows.AddScaled(row[k], inverse + (k * BlockRows), result, k + 1);
            double reciprocal = 1 / row[i];
            for (int j = 0; j < i; j++)
                result[j] = -(result[j] * reciprocal);
            result[i] = reciprocal;
        }
    }

    private static unsafe void Multiply(
        double* a, int strideA, double* b, int strideB, double* c, int strideC, (int M, int N, int K) shape, ProductUse use, RightSide right,
        ComputeThreads threads) =>
        new DoubleProduct
        {
            A = a,
            B = b,
            C = c,
            Stride = (strideA, strideB, strideC),
            Shape = shape,
            Use = use,
            Right = right,
        }.Run(threads);
}
