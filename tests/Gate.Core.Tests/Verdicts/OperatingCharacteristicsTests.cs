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

    // Two standard errors of a share in so many runs.
    private static double AtMost(double share, int runs) => share + (2 * Math.Sqrt(share * (1 - share) / runs));

    private static (double Pass, double Fail) Shares(OutcomeSimulator truth, int items, int runs)
    {
        int pass = 0;
        int fail = 0;
        Parallel.For(0, runs, run =>
        {
            TailProbabilities tails = truth.Rule(items, 20, run, Limit);
            if (tails.Above <= Level)
                Interlocked.Increment(ref pass);
            if (tails.Below <= Level)
                Interlocked.Increment(ref fail);
        });
        return ((double)pass / runs, (double)fail / runs);
    }
}
