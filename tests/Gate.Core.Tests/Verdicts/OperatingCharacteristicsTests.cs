using System.Globalization;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Tests.Verdicts;

/// <summary>How often the decision rule is wrong and right, by seeded simulation: limit 0.95 at 95 % one-sided confidence.</summary>
public sealed class OperatingCharacteristicsTests(ITestOutputHelper output)
{
    private const double Limit = 0.95;
    private const double Level = 0.05;

    /// <summary>Items, items per cluster, correlation within a cluster, chance level.</summary>
    public static TheoryData<int, int, double, double> Cells()
    {
        TheoryData<int, int, double, double> cells = [];
        foreach ((int clusterSize, double correlation, double chance) in new[] { (1, 0, 0.0), (1, 0, 0.25), (5, 0.1, 0), (10, 0.1, 0), (5, 0.3, 0), (5, 0.1, 0.25) })
        {
            foreach (int items in new[] { 300, 500, 1000, 2000 })
                cells.Add(items, clusterSize, correlation, chance);
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Wrong_passes_and_wrong_failures_stay_below_their_bounds(int items, int clusterSize, double correlation, double chance)
    {
        const int runs = 3000;
        OutcomeSimulator truth = new() { ClusterSize = clusterSize, Correlation = correlation, Chance = chance };
        (double pass, double fail) boundary = Shares(truth with { Retention = Limit }, items, runs);
        (double pass, double fail) under = Shares(truth with { Retention = Limit - 0.02 }, items, runs);
        (double pass, double fail) lossless = Shares(truth with { Retention = 1 }, items, runs / 3);
        (double pass, double fail) bad = Shares(truth with { Retention = 0.85 }, items, runs / 3);
        Assert.InRange(boundary.pass, 0, AtMost(Level, runs));
        Assert.InRange(boundary.fail, 0, AtMost(Level, runs));
        Assert.InRange(under.pass, 0, AtMost(0.01, runs));
        Assert.InRange(lossless.fail, 0, AtMost(0.005, runs / 3));
        Assert.InRange(bad.pass, 0, 0.003);
    }

    /// <summary>Prints the table of docs/studies/operating-characteristics.md with ten times the runs of the test.</summary>
    [Fact(Explicit = true)]
    public void Print_the_table()
    {
        const int runs = 30_000;
        foreach (var cell in Cells())
        {
            (int items, int clusterSize, double correlation, double chance) = cell.Data;
            OutcomeSimulator truth = new() { ClusterSize = clusterSize, Correlation = correlation, Chance = chance };
            string[] shares = [.. new[] { 1, Limit, Limit - 0.02, 0.85 }.Select(retention => Shares(truth with { Retention = retention }, items, runs) is var (pass, fail)
                ? string.Create(CultureInfo.InvariantCulture, $"{100 * pass:F2} / {100 * fail:F2}") : "")];
            string clusters = clusterSize == 1 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{clusterSize} ({correlation})");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {items} | {clusters} | {chance} | {string.Join(" | ", shares)} |"));
        }
    }

    [Theory]
    [InlineData(10, 10, 0.2)]
    [InlineData(20, 10, 0.3)]
    [InlineData(35, 10, 0.3)]
    [InlineData(15, 34, 0.2)]
    [InlineData(35, 34, 0.3)]
    public void On_few_clusters_too_a_candidate_on_the_limit_keeps_its_retention_in_at_most_five_per_cent(int clusters, int clusterSize, double correlation)
    {
        const int runs = 3000;
        OutcomeSimulator truth = new() { ClusterSize = clusterSize, Correlation = correlation, Retention = Limit };
        Assert.InRange(Shares(truth, clusters * clusterSize, runs).Pass, 0, AtMost(Level, runs));
    }

    [Theory]
    [InlineData(10, 34, 0.4)]
    [InlineData(20, 34, 0.2)]
    [InlineData(35, 34, 0.1)]
    [InlineData(60, 10, 0.4)]
    public void On_few_clusters_that_lose_by_degrees_a_candidate_on_the_limit_keeps_its_retention_in_at_most_five_per_cent(int clusters, int clusterSize, double correlation)
    {
        const int runs = 3000;
        OutcomeSimulator truth = new() { ClusterSize = clusterSize, Correlation = correlation, Retention = Limit, Graded = true };
        Assert.InRange(Shares(truth, clusters * clusterSize, runs).Pass, 0, AtMost(Level, runs));
    }

    [Theory]
    [InlineData(20, 34, 0.4, 0.05, false, false)]
    [InlineData(10, 34, 0.4, 0.1, false, false)]
    [InlineData(35, 34, 0.2, 0.05, true, false)]
    [InlineData(60, 34, 0.2, 0.05, true, false)]
    [InlineData(100, 34, 0.2, 0.05, true, false)]
    [InlineData(100, 34, 0.2, 0.1, true, false)]
    [InlineData(100, 34, 0.4, 0.1, true, true)]
    [InlineData(10, 34, 0.4, 0.05, false, true)]
    public void A_candidate_on_the_limit_of_forgetting_passes_in_at_most_five_per_cent_of_the_worst_cells(
        int clusters, int size, double correlation, double limit, bool spread, bool graded)
    {
        const int runs = 2000;
        OutcomeSimulator truth = new()
        {
            ClusterSize = size,
            ClusterSizes = spread ? OutcomeSimulator.SpreadSizes(clusters, size) : null,
            Correlation = correlation,
            Retention = 1 - limit,
            Gains = 0,
            Graded = graded,
        };
        int items = truth.ClusterSizes?.Sum() ?? clusters * size, passes = 0;
        Parallel.For(0, runs, run =>
        {
            if (truth.Forgotten(items, 20, run, limit, unseen: true).Below <= Level)
                Interlocked.Increment(ref passes);
        });
        output.WriteLine($"{clusters} {correlation} {limit} {spread} {graded}: {100.0 * passes / runs:F2} %");
        Assert.InRange((double)passes / runs, 0, AtMost(Level, runs));
    }

    /// <summary>Prints the tables of few clusters of docs/studies/operating-characteristics.md.</summary>
    [Fact(Explicit = true)]
    public void Print_the_tables_of_few_clusters()
    {
        const int runs = 4000;
        int[] clusters = [10, 20, 35, 60, 100];
        foreach (bool graded in new[] { false, true })
        {
            foreach ((double limit, int size, bool spread) in new[] { (0.95, 10, false), (0.90, 10, false), (0.95, 34, false), (0.90, 34, false), (0.95, 34, true), (0.90, 34, true) })
            {
                foreach (double correlation in new[] { 0.05, 0.1, 0.2, 0.4 })
                {
                    string[] cells = [.. clusters.Select(count =>
                    {
                        OutcomeSimulator truth = new()
                        {
                            ClusterSize = size, ClusterSizes = spread ? OutcomeSimulator.SpreadSizes(count, size) : null, Correlation = correlation, Retention = limit, Graded = graded,
                        };

                        // No gains here: then the forgotten share is what retention misses.
                        OutcomeSimulator forgetting = truth with { Gains = 0 };
                        int items = truth.ClusterSizes?.Sum() ?? count * size;
                        double retained = Shares(truth, items, runs, limit).Pass;
                        int passes = 0;
                        Parallel.For(0, runs, run =>
                        {
                            if (forgetting.Forgotten(items, 20, run, 1 - limit, unseen: false).Below <= Level)
                                Interlocked.Increment(ref passes);
                        });
                        return string.Create(CultureInfo.InvariantCulture, $"{100 * retained:F1} / {100.0 * passes / runs:F1}");
                    })];
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {limit} | {(graded ? "graded" : "whole")} | {(spread ? "34, spread" : size)} | {correlation} | {string.Join(" | ", cells)} |"));
                }
            }
        }
    }

    // Two standard errors of a share in so many runs.
    private static double AtMost(double share, int runs) => share + (2 * Math.Sqrt(share * (1 - share) / runs));

    private static (double Pass, double Fail) Shares(OutcomeSimulator truth, int items, int runs, double limit = Limit)
    {
        int pass = 0;
        int fail = 0;
        Parallel.For(0, runs, run =>
        {
            TailProbabilities tails = truth.Rule(items, 20, run, limit);
            if (tails.Above <= Level)
                Interlocked.Increment(ref pass);
            if (tails.Below <= Level)
                Interlocked.Increment(ref fail);
        });
        return ((double)pass / runs, (double)fail / runs);
    }
}
