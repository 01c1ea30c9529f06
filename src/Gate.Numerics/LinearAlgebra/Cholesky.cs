using System.Runtime.CompilerServices;
using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// Cholesky factorisation and triangular inversion in binary64, in place, row-major. Every element is computed by one thread in one fixed
/// order: the number of threads and the width of the vectors do not change a bit.
/// </summary>
public static class Cholesky
{
    /// <summary>A = L·Lᵀ with L lower triangular.</summary>
    /// <param name="a">[n, n]; only the lower triangle is read. Receives L, with zeros above the diagonal. Undefined after a refusal.</param>
    /// <param name="n">Order of the matrix.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="failingPivot">The first row whose pivot is not positive (or NaN), −1 on success.</param>
    /// <returns>Whether the matrix is positive definite in binary64.</returns>
    /// <exception cref="ArgumentException">The span is shorter than its shape.</exception>
    public static unsafe bool TryFactorLower(Span<double> a, int n, ComputeThreads threads, out int failingPivot)
    {
        LengthCheck.RequireRoom((long)n * n, a.Length);
        double[] inverse = new double[TriangularInverse.BlockRows * TriangularInverse.BlockRows];
        fixed (double* matrix = a, diagonalInverse = inverse)
        {
            for (int first = 0; first < n; first += TriangularInverse.BlockRows)
            {
                int order = Math.Min(TriangularInverse.BlockRows, n - first), end = first + order;
                double* diagonal = matrix + ((long)first * n) + first;
                failingPivot = FactorBlock(diagonal, n, order);
                if (failingPivot >= 0)
                {
                    failingPivot += first;
                    return false;
                }

                if (end < n)
                {
                    TriangularInverse.InvertBlock(diagonal, n, order, diagonalInverse);
                    UpdateRest(matrix, n, first, order, diagonalInverse, threads);
                }
            }
        }

        for (int i = 0; i < n; i++)
            a.Slice((i * n) + i + 1, n - i - 1).Clear();
        failingPivot = -1;
        return true;
    }

    /// <summary>A = V·Vᵀ with V upper triangular: the factorisation that starts from the last row.</summary>
    /// <param name="a">[n, n]; the upper triangle is read. Receives V, with zeros below the diagonal. Undefined after a refusal.</param>
    /// <param name="n">Order of the matrix.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="failingPivot">The row whose pivot is not positive (or NaN), −1 on success.</param>
    /// <returns>Whether the matrix is positive definite in binary64.</returns>
    /// <exception cref="ArgumentException">The span is shorter than its shape.</exception>
    public static bool TryFactorUpper(Span<double> a, int n, ComputeThreads threads, out int failingPivot)
    {
        LengthCheck.RequireRoom((long)n * n, a.Length);
        Span<double> matrix = a[..checked(n * n)];
        matrix.Reverse();
        bool succeeded = TryFactorLower(matrix, n, threads, out failingPivot);
        matrix.Reverse();
        failingPivot = succeeded ? -1 : n - 1 - failingPivot;
        return succeeded;
    }

    /// <summary>
    /// The upper triangular U with UᵀU = A⁻¹, as GPTQ and SparseGPT use it: A = V·Vᵀ from the last row, then U = V⁻¹. One factorisation and one
    /// triangular inverse, no explicit inverse.
    /// </summary>
    /// <param name="a">[n, n]; the upper triangle is read. Receives U, with zeros below the diagonal. Undefined after a refusal.</param>
    /// <param name="n">Order of the matrix.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="failingPivot">The row whose pivot is not positive (or NaN), −1 on success.</param>
    /// <returns>Whether the matrix is positive definite in binary64.</returns>
    /// <exception cref="ArgumentException">The span is shorter than its shape.</exception>
    public static bool TryInverseFactorUpper(Span<double> a, int n, ComputeThreads threads, out int failingPivot)
    {
        LengthCheck.RequireRoom((long)n * n, a.Length);
        Span<double> matrix = a[..checked(n * n)];
        matrix.Reverse();
        bool succeeded = TryFactorLower(matrix, n, threads, out failingPivot);
        if (succeeded)
            TriangularInverse.InvertLower(matrix, n, threads);
        matrix.Reverse();
        failingPivot = succeeded ? -1 : n - 1 - failingPivot;
        return succeeded;
    }

    /// <summary>Factors one diagonal block row by row; returns the row that fails, or −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int FactorBlock(double* a, int stride, int order)
    {
        for (int i = 0; i < order; i++)
        {
            double* row = a + ((long)i * stride);
            for (int j = 0; j < i; j++)
            {
                double* other = a + ((long)j * stride);
                row[j] = (row[j] - DoubleRows.Dot(row, other, j)) / other[j];
            }

            double pivot = row[i] - DoubleRows.Dot(row, row, i);
            if (!(pivot > 0) || double.IsInfinity(pivot))
                return i;
            row[i] = Math.Sqrt(pivot);
        }

        return -1;
    }

    /// <summary>Below the block: L₂₁ = A₂₁·L₁₁⁻ᵀ; right of that: A₂₂ −= L₂₁·L₂₁ᵀ, lower triangle.</summary>
    private static unsafe void UpdateRest(double* matrix, int n, int first, int order, double* diagonalInverse, ComputeThreads threads)
    {
        int end = first + order, rest = n - end;
        double* below = matrix + ((long)end * n) + first;
        new DoubleProduct
        {
            A = below,
            B = diagonalInverse,
            C = below,
            Stride = (n, TriangularInverse.BlockRows, n),
            Shape = (rest, order, order),
            Use = ProductUse.Replace,
            Right = RightSide.Transposed,
        }.Run(threads);
        new DoubleProduct
        {
            A = below,
            B = below,
            C = matrix + ((long)end * n) + end,
            Stride = (n, n, n),
            Shape = (rest, rest, order),
            Use = ProductUse.Subtract,
            Right = RightSide.Transposed,
            OnlyLower = true,
        }.Run(threads);
    }
}
