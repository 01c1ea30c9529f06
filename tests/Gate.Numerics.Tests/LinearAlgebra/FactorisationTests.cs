using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Numerics.Tests.LinearAlgebra;

public sealed class FactorisationTests
{
    public static TheoryData<int> Orders => [1, 2, 7, 24, 63, 64, 65, 97, 130, 200, 257];

    [Theory]
    [MemberData(nameof(Orders))]
    public void The_lower_factor_gives_the_matrix_back(int n)
    {
        double[] a = PositiveDefinite(n), l = [.. a];
        Assert.True(Cholesky.TryFactorLower(l, n, ComputeThreads.All, out int pivot));
        Assert.Equal(-1, pivot);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int k = 0; k <= Math.Min(i, j); k++)
                    sum += l[(i * n) + k] * l[(j * n) + k];
                Assert.Equal(a[(i * n) + j], sum, 1e-12 * n);
                if (j > i)
                    Assert.Equal(0, l[(i * n) + j]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void The_upper_factor_gives_the_matrix_back(int n)
    {
        double[] a = PositiveDefinite(n), v = [.. a];
        Assert.True(Cholesky.TryFactorUpper(v, n, ComputeThreads.All, out _));
        for (int i = 0; i < n; i++)
        {
            for (int j = i; j < n; j++)
            {
                double sum = 0;
                for (int k = j; k < n; k++)
                    sum += v[(i * n) + k] * v[(j * n) + k];
                Assert.Equal(a[(i * n) + j], sum, 1e-12 * n);
            }

            for (int j = 0; j < i; j++)
                Assert.Equal(0, v[(i * n) + j]);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void The_inverse_factor_times_its_transpose_undoes_the_matrix(int n)
    {
        double[] a = PositiveDefinite(n), u = [.. a];
        Assert.True(Cholesky.TryInverseFactorUpper(u, n, ComputeThreads.All, out _));
        double[] product = new double[n * n];
        for (int k = 0; k < n; k++)
        {
            for (int i = k; i < n; i++)
            {
                for (int j = k; j < n; j++)
                    product[(i * n) + j] += u[(k * n) + i] * u[(k * n) + j];
            }
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int k = 0; k < n; k++)
                    sum += product[(i * n) + k] * a[(k * n) + j];
                Assert.Equal(i == j ? 1 : 0, sum, 1e-9);
            }

            for (int j = 0; j < i; j++)
                Assert.Equal(0, u[(i * n) + j]);
        }
    }

    [Fact]
    public void Only_the_triangle_that_is_named_is_read()
    {
        const int n = 100;
        double[] a = PositiveDefinite(n), full = [.. a], half = [.. a];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
                half[(i * n) + j] = double.NaN;
        }

        Assert.True(Cholesky.TryInverseFactorUpper(full, n, ComputeThreads.All, out _));
        Assert.True(Cholesky.TryInverseFactorUpper(half, n, ComputeThreads.All, out _));
        Assert.Equal(full, half);
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(150, 0)]
    [InlineData(150, 70)]
    [InlineData(150, 149)]
    public void An_indefinite_matrix_is_refused_with_its_pivot(int n, int bad)
    {
        foreach (double poison in (double[])[-1, 0, double.NaN, double.PositiveInfinity])
        {
            double[] a = new double[n * n];
            for (int i = 0; i < n; i++)
                a[(i * n) + i] = i == bad ? poison : 2;
            Assert.False(Cholesky.TryFactorLower([.. a], n, ComputeThreads.All, out int lower));
            Assert.False(Cholesky.TryFactorUpper([.. a], n, ComputeThreads.All, out int upper));
            Assert.False(Cholesky.TryInverseFactorUpper([.. a], n, ComputeThreads.All, out int inverse));
            Assert.Equal((bad, bad, bad), (lower, upper, inverse));
        }
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        const int n = 233;
        double[] one = PositiveDefinite(n), many = [.. one];
        Assert.True(Cholesky.TryInverseFactorUpper(one, n, new ComputeThreads(1), out _));
        Assert.True(Cholesky.TryInverseFactorUpper(many, n, new ComputeThreads(3), out _));
        Assert.Equal(one, many);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(300, 48)]
    [InlineData(256, 97)]
    [InlineData(700, 130)]
    public void Second_moments_have_the_bits_of_their_definition(int tokens, int columns)
    {
        float[] x = Numbers.Uniform(tokens * columns, 1);
        double[] expected = new double[columns * columns], found = new double[columns * columns], other = new double[columns * columns];
        for (int first = 0; first < tokens; first += GramMatrix.BlockTokens)
        {
            for (int i = 0; i < columns; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    float sum = 0;
                    for (int t = first; t < Math.Min(tokens, first + GramMatrix.BlockTokens); t++)
                        sum = MathF.FusedMultiplyAdd(x[(t * columns) + i], x[(t * columns) + j], sum);
                    expected[(i * columns) + j] += sum;
                }
            }
        }

        GramMatrix.Accumulate(x, tokens, columns, found, new ComputeThreads(1));
        Assert.Equal(expected, found);
        int split = Math.Min(tokens, GramMatrix.BlockTokens);
        GramMatrix.AccumulateUpper(x, split, columns, other, new ComputeThreads(3));
        GramMatrix.AccumulateUpper(x.AsSpan(split * columns), tokens - split, columns, other, new ComputeThreads(2));
        GramMatrix.CompleteLower(other, columns);
        Assert.Equal(expected, other);
    }

    private static double[] PositiveDefinite(int n)
    {
        float[] x = Numbers.Uniform((n + 3) * n, n);
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = i == j ? 0.5 : 0;
                for (int t = 0; t < n + 3; t++)
                    sum += (double)x[(t * n) + i] * x[(t * n) + j];
                a[(i * n) + j] = sum;
            }
        }

        return a;
    }
}
