using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Inverses of triangular matrices in binary64, in place, row-major; the bits do not depend on the number of threads.</summary>
public static class TriangularInverse
{
    /// <summary>Replaces a lower triangular L by L⁻¹.</summary>
    /// <param name="l">[n, n] with a diagonal without zeros; what stands above the diagonal is left alone.</param>
    /// <param name="n">Order of the matrix.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <exception cref="ArgumentException">The span is shorter than its shape.</exception>
    public static void InvertLower(Span<double> l, int n, ComputeThreads threads)
    {
        LengthCheck.RequireRoom((long)n * n, l.Length);
        double[] sums = new double[n];
        for (int i = 0; i < n; i++)
        {
            Span<double> row = l.Slice(i * n, n);
            Array.Clear(sums);
            for (int k = 0; k < i; k++)
            {
                ReadOnlySpan<double> above = l.Slice(k * n, n);
                for (int j = 0; j <= k; j++)
                    sums[j] = Math.FusedMultiplyAdd(row[k], above[j], sums[j]);
            }

            double inverse = 1 / row[i];
            for (int j = 0; j < i; j++)
                row[j] = -(sums[j] * inverse);
            row[i] = inverse;
        }
    }
}
