using System.Globalization;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.Suite;
using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Tests.Verdicts;

/// <summary>Rules about a suite whose tasks ask about the same relations: what a relation loses is lost in every task that asks about it.</summary>
public sealed class SharedDamageTests(ITestOutputHelper output)
{
    private const double Limit = 0.95;
    private const int Resamples = 200;

    private static double AtMost(double share, int runs) => share + (2 * Math.Sqrt(share * (1 - share) / runs));

    [Theory]
    [InlineData(35, 0.1, false)]
    [InlineData(35, 0.2, false)]
    [InlineData(35, 0.05, true)]
    public void A_candidate_on_the_limit_keeps_Sr_in_five_per_cent_of_suites_whose_tasks_share_damage_within_a_point(int relations, double correlation, bool withOthers)
    {
        const int runs = 600;
        (double pass, double fail) = Shares(new SharedSuite { Relations = relations, Correlation = correlation, Others = withOthers ? 600 : 0 }, runs).Retention;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{relations} {correlation} {withOthers}: {pass:P2} {fail:P2}"));
        Assert.InRange(pass, 0, AtMost(0.06, runs));
        Assert.InRange(fail, 0, AtMost(0.05, runs));
    }

    /// <summary>Prints the table of shared damage of docs/studies/operating-characteristics.md.</summary>
    [Fact(Explicit = true)]
    public void Print_the_tables_of_shared_damage()
    {
        const int runs = 4000;
        foreach (bool others in new[] { false, true })
        {
            foreach (double correlation in new[] { 0.02, 0.05, 0.1, 0.2 })
            {
                string[] cells = [.. new[] { 20, 35, 60, 100 }.Select(relations =>
                {
                    var suite = new SharedSuite { Relations = relations, Correlation = correlation, Others = others ? 600 : 0 };
                    var (sr, forgotten) = Shares(suite, runs);
                    var (apart, forgottenApart) = Shares(suite with { Joined = false }, runs);
                    return string.Create(CultureInfo.InvariantCulture,
                        $"{100 * apart.Pass:F1} → {100 * sr.Pass:F1} / {100 * apart.Fail:F1} → {100 * sr.Fail:F1} / {100 * forgottenApart.Pass:F1} → {100 * forgotten.Pass:F1}");
                })];
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {(others ? "yes" : "no")} | {correlation} | {string.Join(" | ", cells)} |"));
            }
        }
    }

    private static ((double Pass, double Fail) Retention, (double Pass, double Fail) Forgotten) Shares(SharedSuite truth, int runs)
    {
        int[] counts = new int[4];
        Parallel.For(0, runs, run =>
        {
            PairedTask[] tasks = truth.Draw(run);
            TaskSample[] samples = [.. tasks.Select(task => TaskSample.From(task, 0))];
            Evidence retention = SuiteEvidence.Retention(new SuiteSample(samples), seed: 7, Resamples);
            if (retention.Test.ShowsAbove(Limit, 0.05))
                Interlocked.Increment(ref counts[0]);
            if (retention.Test.ShowsBelow(Limit, 0.05))
                Interlocked.Increment(ref counts[1]);

            // More is forgotten than retention misses: gains make up for a part of it.
            Evidence forgotten = ForgettingEvidence.From("suite", samples, unseen: false)!;
            if (forgotten.Test.ShowsBelow(truth.ForgottenShare, 0.05))
                Interlocked.Increment(ref counts[2]);
            if (forgotten.Test.ShowsAbove(truth.ForgottenShare, 0.05))
                Interlocked.Increment(ref counts[3]);
        });
        return (((double)counts[0] / runs, (double)counts[1] / runs), ((double)counts[2] / runs, (double)counts[3] / runs));
    }
}
