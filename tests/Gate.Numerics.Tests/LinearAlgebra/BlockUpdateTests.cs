using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Numerics.Tests.LinearAlgebra;

public sealed class BlockUpdateTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 25, 3)]
    [InlineData(19, 50, 128)]
    [InlineData(9, 24, 300)]
    public void It_takes_the_product_from_a_part_of_a_matrix_and_leaves_the_rest(int rows, int columns, int inner)
    {
        const int beside = 5;
        double[] a = Values(rows * inner, 1), b = Values(inner * (columns + beside), 2), c = Values(rows * (columns + beside), 3), before = [.. c];
        BlockUpdate.SubtractProduct(c.AsSpan(beside), a, b.AsSpan(beside), (columns + beside, inner, columns + beside), (rows, columns, inner), new ComputeThreads(2));
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns + beside; column++)
            {
                int at = (row * (columns + beside)) + column;
                double product = column < beside ? 0 : Enumerable.Range(0, inner).Sum(k => a[(row * inner) + k] * b[(k * (columns + beside)) + column]);
                Assert.Equal(before[at] - product, c[at], 1e-12 * inner);
            }
        }
    }

    [Fact]
    public void A_part_that_reaches_beyond_its_memory_is_refused() => Assert.Throws<ArgumentException>(
        () => BlockUpdate.SubtractProduct(new double[11], new double[6], new double[12], (4, 2, 4), (3, 4, 2), new ComputeThreads(1)));

    private static double[] Values(int count, int seed) => [.. Numbers.Uniform(count, seed).Select(value => (double)value)];
}
