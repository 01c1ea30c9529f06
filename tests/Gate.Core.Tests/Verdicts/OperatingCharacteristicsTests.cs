using System.Globalization;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Tests.Verdicts;

/// <summary>How often the decision rule is wrong and right, by seeded simulation: limit 0.95 at 95 % one-sided confidence.</summary>
public sealed class OperatingCharacteristicsTests(ITestOutputHelper output)
{
    private const double Limit = 0.95;
    private const double Level = 0.05;
    private const int Runs = 3000;

    // Two standard errors of a share of 5 % in 3000 runs.
    private const double Tolerance = 0.008;

    public static TheoryData<int, int, double> Cells()
    {
        TheoryData<int, int, double> cells = [];
        foreach (int items in new[] { 300, 500, 1000, 2000 })
        {
            foreach ((int clusterSize, double chance) in new[] { (1, 0.0), (1, 0.25), (5, 0.0), (10, 0.0) })
                cells.Add(items, clusterSize, chance);
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Wrong_passes_and_wrong_failures_stay_below_five_per_cent(int items, int clusterSize, double chance)
    {
        OutcomeSimulator truth = new() { ClusterSize = clusterSize, Chance = chance };
        (double pass, double fail) boundary = Shares(truth with { Retention = Limit }, items);
        (double pass, double fail) under = Shares(truth with { Retention = Limit - 0.02 }, items);
        (double pass, double fail) lossless = Shares(truth with { Retention = 1 }, items, Runs / 3);
        (double pass, double fail) bad = Shares(truth with { Retention = 0.85 }, items, Runs / 3);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"n {items} cluster {clusterSize} chance {chance}: 1.00 {lossless.pass:P1}/{lossless.fail:P1}  .95 {boundary.pass:P1}/{boundary.fail:P1}  .93 {under.pass:P1}/{under.fail:P1}  .85 {bad.pass:P1}/{bad.fail:P1}"));

        Assert.InRange(boundary.pass, 0, Level + Tolerance);
        Assert.InRange(boundary.fail, 0, Level + Tolerance);
        Assert.InRange(lossless.fail, 0, 0.003);
        Assert.InRange(bad.pass, 0, 0.003);
        Assert.True(under.pass <= boundary.pass);

        // Two points under the limit: at most 1 % from 500 items on; 300 items cannot tell 0.93 from 0.95 better than this.
        if (chance == 0 && clusterSize == 1)
            Assert.InRange(under.pass, 0, items >= 500 ? 0.01 : 0.017);
    }

    private static (double Pass, double Fail) Shares(OutcomeSimulator truth, int items, int runs = Runs)
    {
        int pass = 0;
        int fail = 0;
        Parallel.For(0, runs, run =>
        {
            TailProbabilities tails = truth.Test(items, 20, run, Limit);
            if (tails.Above <= Level)
                Interlocked.Increment(ref pass);
            if (tails.Below <= Level)
                Interlocked.Increment(ref fail);
        });
        return ((double)pass / runs, (double)fail / runs);
    }
}
