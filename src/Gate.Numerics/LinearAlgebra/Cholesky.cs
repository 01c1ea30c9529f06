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
    /// <param name="a">[n, n]; the lower triangle is read. Receives L, with zeros above the diagonal. Undefined after a refusal.</param>
    /// <param name="n">Order of the matrix.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="failingPivot">The first row whose pivot is not positive (or NaN), −1 on success.</param>
    /// <returns>Whether the matrix is positive definite in binary64.</returns>
    /// <exception cref="ArgumentException">The span is shorter than its shape.</exception>
    public static bool TryFactorLower(Span<double> a, int n, ComputeThreads threads, out int failingPivot)
    {
        LengthCheck.RequireRoom((long)n * n, a.Length);
        for (int i = 0; i < n; i++)
        {
            Span<double> rowI = a.Slice(i * n, n);
            for (int j = 0; j <= i; j++)
            {
                ReadOnlySpan<double> rowJ = a.Slice(j * n, n);
                double sum = 0;
                for (int k = 0; k < j; k++)
                    sum = Math.FusedMultiplyAdd(rowI[k], rowJ[k], sum);
                double rest = rowI[j] - sum;
                if (i != j)
                {
                    rowI[j] = rest / rowJ[j];
                }
                else if (!(rest > 0) || double.IsInfinity(rest))
                {
                    failingPivot = i;
                    return false;
                }
                else
                {
                    rowI[i] = Math.Sqrt(rest);
                }
            }

            rowI[(i + 1)..].Clear();
        }

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
}
