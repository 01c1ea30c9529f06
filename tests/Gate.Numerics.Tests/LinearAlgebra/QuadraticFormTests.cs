using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Numerics.Tests.LinearAlgebra;

public sealed class QuadraticFormTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 127)]
    [InlineData(7, 128)]
    [InlineData(5, 129)]
    [InlineData(300, 31)]
    [InlineData(2, 515)]
    public void It_is_the_sum_over_all_pairs_whatever_stands_below_the_diagonal(int count, int columns)
    {
        var random = new Random((count * 1000) + columns);
        float[] rows = [.. Enumerable.Range(0, count * columns).Select(_ => random.NextSingle() - 0.5f)];
        double[] upper = [.. Enumerable.Range(0, columns * columns).Select(i => i / columns > i % columns ? double.NaN : random.NextDouble() - 0.5)];
        double[] one = new double[count], two = new double[count];
        QuadraticForm.Evaluate(rows, count, upper, columns, one, new ComputeThreads(1));
        QuadraticForm.Evaluate(rows, count, upper, columns, two, new ComputeThreads(2));
        Assert.Equal(one, two);
        for (int row = 0; row < count; row++)
        {
            double expected = 0;
            for (int i = 0; i < columns; i++)
            {
                for (int j = 0; j < columns; j++)
                    expected += (double)rows[(row * columns) + i] * rows[(row * columns) + j] * upper[(Math.Min(i, j) * columns) + Math.Max(i, j)];
            }

            Assert.Equal(expected, one[row], 1e-12 * columns * columns);
        }
    }
}
