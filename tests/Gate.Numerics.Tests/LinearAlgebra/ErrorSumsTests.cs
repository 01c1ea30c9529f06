using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.Tests.LinearAlgebra;

public sealed class ErrorSumsTests
{
    public static TheoryData<int> Lengths => [0, 1, 7, 8, 9, 63, 64, 65, 200];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Squares_are_those_of_the_differences_and_of_the_values(int length)
    {
        (float[] before, float[] after, _) = Values(length);
        (double error, double size) = ErrorSums.Squares(before, after);
        Close(before.Zip(after, (x, y) => ((double)y - x) * ((double)y - x)).Sum(), error);
        Close(before.Sum(x => (double)x * x), size);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_weighted_fit_gives_the_error_of_a_factor_and_what_the_best_one_follows_from(int length)
    {
        (float[] x, float[] y, double[] weights) = Values(length);
        (double error, double product, double square) = ErrorSums.WeightedFit(weights, x, y, 0.3f);
        Close(Enumerable.Range(0, length).Sum(i => weights[i] * ((double)(0.3f * y[i]) - x[i]) * ((double)(0.3f * y[i]) - x[i])), error);
        Close(Enumerable.Range(0, length).Sum(i => weights[i] * x[i] * y[i]), product);
        Close(Enumerable.Range(0, length).Sum(i => weights[i] * y[i] * y[i]), square);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Powers_are_those_of_the_library_in_any_unit_no_difference_exceeds(int length)
    {
        (float[] before, float[] after, _) = Values(length);
        double expected = before.Zip(after, (x, y) => Math.Pow(Math.Abs((double)y - x), 2.4)).Sum();
        foreach (double unit in (double[])[2, 8, 1000])
            Close(expected, Math.Pow(unit, 2.4) * ErrorSums.Powers(before, after, 2.4, unit, double.PositiveInfinity));
    }

    [Fact]
    public void A_sum_of_powers_that_is_large_enough_may_end_early_but_is_never_told_too_small()
    {
        (float[] before, float[] after, _) = Values(500);
        double whole = ErrorSums.Powers(before, after, 2.4, 4, double.PositiveInfinity);
        Assert.InRange(ErrorSums.Powers(before, after, 2.4, 4, whole / 2), whole / 2, whole);
        Assert.Equal(whole, ErrorSums.Powers(before, after, 2.4, 4, whole * 2));
    }

    [Fact]
    public void Values_that_did_not_change_have_no_error()
    {
        float[] values = Numbers.Uniform(77, 3);
        Assert.Equal(0, ErrorSums.Squares(values, values).Error);
        Assert.Equal(0, ErrorSums.Powers(values, values, 2.4, 1, double.PositiveInfinity));
    }

    private static (float[] X, float[] Y, double[] Weights) Values(int length) =>
        (Numbers.Uniform(length, 1), Numbers.Uniform(length, 2), [.. Numbers.Uniform(length, 3).Select(value => Math.Abs((double)value))]);

    private static void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-13 * Math.Max(1, Math.Abs(expected)));
}
