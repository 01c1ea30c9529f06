using Gate.Core.Verdicts;
using Gate.Results;

namespace Gate.Core.Tests.Verdicts;

/// <summary>How often the bounds of Sr over three tasks miss the truth; one-sided nominal 5 %.</summary>
public sealed class SemanticRetentionCoverageTests(ITestOutputHelper output)
{
    private static double TwoErrors(double share, int runs) => 2 * Math.Sqrt(share * (1 - share) / runs);

    [Theory]
    [InlineData(0.90, 1)]
    [InlineData(0.97, 1)]
    [InlineData(0.90, 5)]
    public void Bounds_of_Sr_miss_in_at_most_five_per_cent(double retention, int clusterSize)
    {
        const int runs = 1000;
        int above = 0;
        int below = 0;
        OutcomeSimulator truth = new() { Retention = retention, ClusterSize = clusterSize };
        Parallel.For(0, runs, run =>
        {
            PairedTask[] tasks = [truth.Task(300, 100, run, "a"), truth.Task(200, 200, run, "b"), (truth with { Dense = 0.8 }).Task(400, 300, run, "c")];
            Estimate sr = VerdictEngine.Judge(tasks, [], new DecisionOptions(Resamples: 300), 0.8).Suite.SemanticRetention!;
            if (sr.Lower > retention)
                Interlocked.Increment(ref above);
            if (sr.Upper < retention)
                Interlocked.Increment(ref below);
        });

        output.WriteLine($"Sr {retention} cluster {clusterSize}: {above / (double)runs} {below / (double)runs}");
        Assert.InRange(above / (double)runs, 0, 0.05 + TwoErrors(0.05, runs));
        Assert.InRange(below / (double)runs, 0, 0.05 + TwoErrors(0.05, runs));
    }
}
