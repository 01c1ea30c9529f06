using Gate.Core.Verdicts.Rules;

namespace Gate.Core.Tests.Verdicts.Rules;

public sealed class HolmProcedureTests
{
    [Theory]
    [InlineData(new[] { 0.01, 0.04, 0.03, 0.005 }, new[] { true, false, false, true })]
    [InlineData(new[] { 0.04, 0.02 }, new[] { true, true })]
    [InlineData(new[] { 0.03, 0.04 }, new[] { false, false })]
    [InlineData(new[] { 0.025, 0.05 }, new[] { true, true })]
    [InlineData(new[] { 0.05 }, new[] { true })]
    [InlineData(new[] { double.NaN }, new[] { false })]
    [InlineData(new double[0], new bool[0])]
    public void Each_step_asks_of_the_smallest_probability_left_what_Bonferroni_would_of_those_left(double[] probabilities, bool[] rejected) =>
        Assert.Equal(rejected, HolmProcedure.Reject(probabilities, 0.05));
}
