using Gate.Core.Verdicts;
using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Tests.Verdicts;

/// <summary>
/// Cases of docs/studies/beside-a-paired-interval-gate.md: a gate that compares the paired 95 % interval of the mean difference with a margin passes them, because a sample without a change has no variance.
/// </summary>
public sealed class PairedIntervalGateTests
{
    private static VerdictState Gate(PairedTask task, double limit) =>
        VerdictEngine.Judge([task], [Pairs.Limit("retention", limit, "facts")], new DecisionOptions(Resamples: 200), 0.8).Verdict.State;

    // GO when the interval mean ± 1.96 · s / √n of the differences lies above the margin.
    private static bool PairedIntervalGoes(PairedTask task, double margin)
    {
        double[] differences = [.. task.Items.Select(item => item.Candidate - item.Dense)];
        double mean = differences.Average();
        double spread = Math.Sqrt(differences.Sum(x => (x - mean) * (x - mean)) / (differences.Length - 1));
        return mean - (NormalDistribution.Quantile(0.975) * spread / Math.Sqrt(differences.Length)) >= margin;
    }

    [Fact]
    public void Ten_items_without_a_change_show_nothing()
    {
        PairedTask task = Pairs.Task(10, 0, 0, 0);
        Assert.True(PairedIntervalGoes(task, -0.01));
        Assert.Equal(VerdictState.Inconclusive, Gate(task, 0.95));
    }

    [Fact]
    public void Two_models_that_know_nothing_are_not_equally_good()
    {
        PairedTask task = Pairs.Task(0, 0, 0, 50);
        Assert.True(PairedIntervalGoes(task, -0.01));
        Assert.Equal(VerdictState.NotMeasured, Gate(task, 0.95));
    }

    [Theory]
    [InlineData(12, 0.035, 0.01, 0.65)]
    [InlineData(50, 0.014, 0.01, 0.495)]
    public void A_loss_beyond_the_margin_that_a_small_sample_does_not_show_is_not_waved_through(int items, double loss, double margin, double waved)
    {
        const int runs = 2000;
        int goes = 0;
        HashSet<int> seen = [];
        for (int run = 0; run < runs; run++)
        {
            var random = new CounterRandom(31, run);
            int lost = 0;
            for (int i = 0; i < items; i++)
                lost += random.NextDouble() < loss ? 1 : 0;
            goes += PairedIntervalGoes(Pairs.Task(items - lost, lost, 0, 0), -margin) ? 1 : 0;
            seen.Add(lost);
        }

        Assert.InRange((double)goes / runs, waved - 0.04, waved + 0.04);
        Assert.All(seen, lost => Assert.NotEqual(VerdictState.Pass, Gate(Pairs.Task(items - lost, lost, 0, 0), 1 - margin)));
    }
}
