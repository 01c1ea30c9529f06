using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.Tests.LinearAlgebra;

public sealed class NormSumsTests
{
    public static TheoryData<int, double> Runs =>
        new(from length in new[] { 0, 1, 7, 8, 9, 64, 65, 200 } from order in new[] { 1, 2, 0.5, 3, double.PositiveInfinity } select (length, order));

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_run_has_the_power_sum_of_its_norm(int length, double order)
    {
        float[] values = Numbers.Uniform(length, 4);
        Close(values.Aggregate(0.0, (sum, value) => Joined(sum, value, order)), NormSums.Of(values, order));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Places_gather_their_own_values(int length, double order)
    {
        double[] sums = new double[length], expected = new double[length];
        for (int row = 0; row < 5; row++)
        {
            float[] values = Numbers.Uniform(length, 5 + row);
            NormSums.Accumulate(values, order, sums);
            for (int i = 0; i < length; i++)
                expected[i] = Joined(expected[i], values[i], order);
        }

        for (int i = 0; i < length; i++)
            Close(expected[i], sums[i]);
    }

    [Fact]
    public void Zeros_add_nothing()
    {
        foreach (double order in (double[])[1, 2, 3, double.PositiveInfinity])
            Assert.Equal(0, NormSums.Of(new float[19], order));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void An_order_that_is_none_is_refused(double order)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NormSums.Of([1f], order));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormSums.Accumulate([1f], order, new double[1]));
    }

    private static double Joined(double sum, double value, double order) =>
        double.IsPositiveInfinity(order) ? Math.Max(sum, Math.Abs(value)) : sum + Math.Pow(Math.Abs(value), order);

    private static void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-12 * Math.Max(1, Math.Abs(expected)));
}
