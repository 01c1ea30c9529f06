using Gate.Core.Verdicts.Statistics;
using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Tests.Verdicts;

/// <summary>How often each bound misses the truth; one-sided nominal 5 %, or two-sided 10 %.</summary>
public sealed class CoverageTests(ITestOutputHelper output)
{
    private static double TwoErrors(double share, int runs) => 2 * Math.Sqrt(share * (1 - share) / runs);

    [Fact]
    public void Clopper_Pearson_bounds_miss_in_at_most_five_per_cent_at_every_share()
    {
        foreach (int trials in new[] { 20, 59, 150 })
        {
            Interval[] intervals = [.. Enumerable.Range(0, trials + 1).Select(k => ProportionIntervals.ClopperPearson(k, trials, 0.90))];
            for (double share = 0.01; share < 1; share += 0.01)
            {
                double below = 0;
                double above = 0;
                for (int k = 0; k <= trials; k++)
                {
                    double probability = BinomialDistribution.Probability(k, trials, share);
                    below += intervals[k].Upper < share ? probability : 0;
                    above += intervals[k].Lower > share ? probability : 0;
                }

                Assert.InRange(below, 0, 0.05 + 1e-9);
                Assert.InRange(above, 0, 0.05 + 1e-9);
            }
        }
    }

    [Fact]
    public void Wilson_covers_its_nominal_share_on_average()
    {
        const int trials = 100;
        Interval[] intervals = [.. Enumerable.Range(0, trials + 1).Select(k => ProportionIntervals.Wilson(k, trials, 0.90))];
        double total = 0;
        int points = 0;
        for (double share = 0.05; share <= 0.95; share += 0.001, points++)
        {
            for (int k = 0; k <= trials; k++)
                total += intervals[k].Lower <= share && share <= intervals[k].Upper ? BinomialDistribution.Probability(k, trials, share) : 0;
        }

        Assert.Equal(0.90, total / points, 0.01);
    }

    [Fact]
    [Trait("Complaint", "16")]
    public void Newcombe_and_Tango_cover_their_nominal_share()
    {
        const int runs = 4000;
        OutcomeSimulator truth = new() { Retention = 0.95 };
        const double difference = 0.6 * -0.05;
        int newcombe = 0;
        int tango = 0;
        for (int run = 0; run < runs; run++)
        {
            PairedCounts counts = truth.Summary(400, 5, run).Counts;
            Interval first = PairedDifferenceIntervals.Newcombe(counts.Kept, counts.Gained, counts.Forgotten, counts.NeverKnown, 0.90);
            Interval second = PairedDifferenceIntervals.Tango(counts.Gained, counts.Forgotten, counts.Items, 0.90);
            newcombe += first.Lower <= difference && difference <= first.Upper ? 1 : 0;
            tango += second.Lower <= difference && difference <= second.Upper ? 1 : 0;
        }

        output.WriteLine($"Newcombe {newcombe / (double)runs}, Tango {tango / (double)runs}");

        // Half a per cent for the discreteness of counts.
        Assert.InRange(newcombe / (double)runs, 0.90 - TwoErrors(0.9, runs) - 0.005, 0.93);
        Assert.Equal(0.90, tango / (double)runs, TwoErrors(0.9, runs) + 0.005);
    }

    [Theory]
    [InlineData(0.3, 0.80, 0.0, 300)]
    [InlineData(0.6, 0.50, 0.0, 500)]
    [InlineData(0.6, 1.00, 0.0, 400)]
    [InlineData(0.9, 0.97, 0.0, 1000)]
    [InlineData(0.7, 0.90, 0.25, 600)]
    public void Retention_bounds_miss_in_five_per_cent_on_either_side(double dense, double retention, double chance, int items)
    {
        const int runs = 40_000;
        OutcomeSimulator truth = new() { Dense = dense, Retention = retention, Chance = chance };
        (double above, double below) = Misses(truth, items, runs, retention, seed: 4711);
        output.WriteLine($"{dense} {retention} {chance} {items}: {above} {below}");
        Assert.Equal(0.05, above, TwoErrors(0.05, runs));
        Assert.Equal(0.05, below, TwoErrors(0.05, runs));
    }

    [Theory]
    [InlineData(40, 1, 0.1)]
    [InlineData(100, 1, 0.1)]
    [InlineData(250, 1, 0.1)]
    [InlineData(150, 10, 0.1)]
    [InlineData(300, 10, 0.05)]
    [InlineData(300, 10, 0.1)]
    [InlineData(400, 10, 0.1)]
    [InlineData(1190, 34, 0.05)]
    public void In_small_samples_and_few_clusters_retention_bounds_miss_in_at_most_five_per_cent(int items, int clusterSize, double correlation)
    {
        const int runs = 10_000;
        OutcomeSimulator truth = new() { Retention = 0.9, ClusterSize = clusterSize, Correlation = correlation };
        (double above, double below) = Misses(truth, items, runs, 0.9);
        output.WriteLine($"n {items} cluster {clusterSize}: {above} {below}");

        Assert.InRange(above, 0, 0.05 + TwoErrors(0.05, runs));
        Assert.InRange(below, 0, 0.05 + TwoErrors(0.05, runs));
    }

    [Theory]
    [InlineData(0.95, 20, 0.1)]
    [InlineData(0.95, 35, 0.1)]
    [InlineData(0.95, 35, 0.2)]
    [InlineData(0.90, 35, 0.1)]
    [InlineData(0.90, 35, 0.2)]
    [InlineData(0.95, 60, 0.2)]
    public void In_clusters_of_very_different_sizes_a_candidate_on_the_limit_passes_in_at_most_five_per_cent(double retention, int clusters, double correlation)
    {
        const int runs = 10_000;
        OutcomeSimulator truth = new() { Retention = retention, ClusterSizes = OutcomeSimulator.SpreadSizes(clusters, 34), Correlation = correlation };
        int passes = 0;
        Parallel.For(0, runs, run =>
        {
            if (truth.Rule(truth.ClusterSizes.Sum(), 8, run, retention).Above <= 0.05)
                Interlocked.Increment(ref passes);
        });
        output.WriteLine($"{retention} {clusters} clusters, {correlation}: {passes / (double)runs}");
        Assert.InRange(passes / (double)runs, 0, 0.05 + TwoErrors(0.05, runs));
    }

    private static (double Above, double Below) Misses(OutcomeSimulator truth, int items, int runs, double retention, long seed = 8)
    {
        int above = 0;
        int below = 0;
        Parallel.For(0, runs, run =>
        {
            TailProbabilities tails = truth.Test(items, seed, run, retention);
            if (tails.Above <= 0.05)
                Interlocked.Increment(ref above);
            if (tails.Below <= 0.05)
                Interlocked.Increment(ref below);
        });
        return ((double)above / runs, (double)below / runs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Bounds_of_the_forgotten_share_miss_in_at_most_five_per_cent(int clusterSize)
    {
        const int runs = 4000;
        OutcomeSimulator truth = new() { Retention = 0.95, ClusterSize = clusterSize };
        double share = ((0.6 * 0.05) + 0.04) / 0.6;
        int above = 0;
        int below = 0;
        Parallel.For(0, runs, run =>
        {
            TailProbabilities tails = ForgettingEvidence.From("x", [TaskSample.From(truth.Task(400, 12, run), 0)], unseen: false)!.Test.At(share);
            if (tails.Above <= 0.05)
                Interlocked.Increment(ref above);
            if (tails.Below <= 0.05)
                Interlocked.Increment(ref below);
        });

        output.WriteLine($"cluster {clusterSize}: {above / (double)runs} {below / (double)runs}");
        Assert.InRange(above / (double)runs, 0, 0.05 + TwoErrors(0.05, runs));
        Assert.InRange(below / (double)runs, 0, 0.05 + TwoErrors(0.05, runs));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(100)]
    public void Bounds_of_the_perplexity_ratio_miss_in_five_per_cent_on_either_side(int windows)
    {
        const int runs = 2000;
        double ratio = Math.Log(1.1);
        int above = 0;
        int below = 0;
        for (int run = 0; run < runs; run++)
        {
            TailProbabilities tails = PerplexityEvidence.Ratio("x", [TaskSample.From(Pairs.Perplexity(windows, ratio, run), 0)]).Test.At(1.1);
            above += tails.Above <= 0.05 ? 1 : 0;
            below += tails.Below <= 0.05 ? 1 : 0;
        }

        output.WriteLine($"{windows} windows: {above / (double)runs} {below / (double)runs}");
        Assert.InRange(above / (double)runs, 0.025, 0.05 + TwoErrors(0.05, runs));
        Assert.InRange(below / (double)runs, 0.025, 0.05 + TwoErrors(0.05, runs));
    }
}
