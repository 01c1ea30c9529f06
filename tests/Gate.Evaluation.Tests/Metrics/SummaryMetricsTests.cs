using Gate.Evaluation.Metrics;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.Tests.Metrics;

public sealed class SummaryMetricsTests
{
    [Fact]
    public void Relations_weigh_alike_in_the_macro_mean()
    {
        (TaskItem[] items, ItemResult[] results) = Pairs(("P1", 1), ("P1", 0), ("P1", 0), ("P1", 0), ("P2", 1), (null, 1), (null, 0));
        Assert.Equal((0.25 + 1 + 1 + 0) / 4, SummaryMetrics.MacroMean(results, items), 12);
        Assert.Equal(3.0 / 7, SummaryMetrics.Mean(results), 12);
    }

    [Fact]
    public void Nothing_measured_is_not_a_number()
    {
        Assert.Equal(double.NaN, SummaryMetrics.Mean([]));
        Assert.Equal(double.NaN, SummaryMetrics.MacroMean([], []));
        Assert.Equal(double.NaN, SummaryMetrics.Perplexity([]));
    }

    [Fact]
    public void Invalid_items_count_as_wrong_and_make_a_perplexity_unknown()
    {
        (_, ItemResult[] results) = Pairs((null, 1), (null, 1));
        results[0] = results[0] with { Invalid = true };
        Assert.Equal(0.5, SummaryMetrics.Mean(results));
        Assert.Equal(double.NaN, SummaryMetrics.Perplexity(results));
    }

    [Fact]
    public void Perplexity_weighs_windows_by_their_tokens()
    {
        ItemResult[] results = [Result("a", 2) with { Weight = 1 }, Result("b", 4) with { Weight = 5 }];
        Assert.Equal(Math.E, SummaryMetrics.Perplexity(results), 12);
    }

    private static (TaskItem[] Items, ItemResult[] Results) Pairs(params (string? Cluster, double Score)[] pairs) =>
    (
        [.. pairs.Select((pair, i) => new TaskItem { Id = $"{i}", Cluster = pair.Cluster, Prompt = "", Answers = [], Chance = 0, Hash = "" })],
        [.. pairs.Select((pair, i) => Result($"{i}", pair.Score))]);

    private static ItemResult Result(string id, double score) => new() { ItemId = id, Score = score, Answer = "" };
}
