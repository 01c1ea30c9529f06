using Gate.Evaluation.Metrics;

namespace Gate.Evaluation.Tests.Metrics;

public sealed class RankingTests
{
    [Fact]
    public void Ties_go_to_the_lowest_index_and_are_counted() =>
        Assert.Equal(new ChoiceRanking(0, 2, 0), ChoiceRanking.Of([-1, -3, -1, -1], 2));

    [Fact]
    public void The_margin_is_right_minus_best_other() =>
        Assert.Equal(new ChoiceRanking(1, 0, -2), ChoiceRanking.Of([-3, -1, -7], 0));

    [Fact]
    public void Length_is_counted_in_code_points_and_in_bytes()
    {
        ChoiceOutcome outcome = new([-6, -6], ["\U0001F600\U0001F600", "abc"], [0]);
        Assert.Equal([-3, -2], ChoiceMetrics.Scores("acc_norm", outcome));
        Assert.Equal([-0.75, -2], ChoiceMetrics.Scores("acc_bytes", outcome));
        Assert.Equal([-6, -6], ChoiceMetrics.Scores("acc", outcome));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 0.25)]
    [InlineData(10_000, 0.0001)]
    [InlineData(10_001, 0)]
    public void Reciprocal_ranks_end_at_the_cut_off(int rank, double expected) => Assert.Equal(expected, RankMetrics.ReciprocalRank(rank));

    [Fact]
    public void Chance_of_ranks_is_the_mean_over_all_ranks()
    {
        for (int count = 1; count < 40; count++)
        {
            Assert.Equal(Enumerable.Range(1, count).Average(rank => RankMetrics.PrecisionAt(5, rank)), RankMetrics.ChanceOfPrecisionAt(5, count), 12);
            Assert.Equal(Enumerable.Range(1, count).Average(RankMetrics.ReciprocalRank), RankMetrics.ChanceOfReciprocalRank(count), 12);
        }
    }
}
