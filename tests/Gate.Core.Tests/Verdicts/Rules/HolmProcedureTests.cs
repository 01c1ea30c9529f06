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
        Assert.Equal(rejected, HolmProcedure.Reject(probabilities, [.. probabilities.Select((_, i) => $"{i}")], 0.05));

    [Fact]
    public void Limits_on_one_number_count_once_until_all_of_them_are_rejected()
    {
        Assert.Equal([true, true, false], HolmProcedure.Reject([0.02, 0.024, 0.06], ["a", "a", "b"], 0.05));
        Assert.Equal([true, false, false], HolmProcedure.Reject([0.02, 0.03, 0.026], ["a", "a", "b"], 0.05));
        Assert.Equal([true, true, true], HolmProcedure.Reject([0.02, 0.025, 0.05], ["a", "a", "b"], 0.05));
    }
}
