using Gate.Core.Verdicts;
using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.Statistics;
using Gate.Core.Verdicts.Suite;
using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Tests.Verdicts;

public sealed class SuiteEvidenceTests
{
    private static SuiteSample Suite(params PairedTask[] tasks) => new([.. tasks.Select(task => TaskSample.From(task, 0))]);

    [Fact]
    public void A_small_task_is_not_waved_through_by_a_large_one_whichever_comes_first()
    {
        // The suite may lose 5 %: a tenth of the small task, of which 20 known items say next to nothing.
        PairedTask small = Pairs.Task(20, 0, 0, 10, name: "small");
        PairedTask large = Pairs.Task(700, 1, 1, 300, name: "large");
        double first = SuiteContrast.Test(Suite(small, large), 0.95).Above;
        double last = SuiteContrast.Test(Suite(large, small), 0.95).Above;
        Assert.Equal(Math.Pow(0.9, 20), first, 1e-9);
        Assert.Equal(first, last, 1e-12);
    }

    [Fact]
    public void Resampled_suites_spread_by_the_standard_error_of_the_suite()
    {
        // Retention 0.95 of 300 known items, no gains: the standard error is that of a share.
        SuiteBootstrap bootstrap = SuiteBootstrap.Run(Suite(Pairs.Task(285, 15, 0, 0)), seed: 3, resamples: 4000)!;
        double error = Math.Sqrt(0.95 * 0.05 / 300);
        Assert.InRange(bootstrap.Test(0.95 - (1.645 * error)).Above, 0.02, 0.09);
        Assert.InRange(bootstrap.Test(0.95 + (1.645 * error)).Below, 0.01, 0.08);
        Assert.InRange(bootstrap.Test(0.95).Above, 0.3, 0.7);
    }

    [Fact]
    public void Graded_scores_with_a_chance_level_are_tested_about_the_retention_of_what_lies_above_chance()
    {
        // Every score shrinks towards chance by a tenth, so the retention is 0.9 exactly, with a little noise that cancels.
        PairedItem[] items =
        [
            .. Enumerable.Range(0, 400).Select(i => (Dense: i % 4 == 0 ? 0.3 : 0.9, Noise: i / 4 % 2 == 0 ? 0.02 : -0.02)).Select((score, i) =>
                Pairs.Item($"q{i:D3}", score.Dense, 0.25 + (0.9 * (score.Dense - 0.25)) + score.Noise, 0.25)),
        ];
        Evidence evidence = RetentionEvidence.From(TaskSample.From(new PairedTask("graded", false, 1, [.. items]), 0), correctForChance: true)!;
        Assert.Equal(0.9, evidence.Value, 1e-9);
        TailProbabilities there = evidence.Test.At(0.9);
        Assert.InRange(there.Above, 0.45, 1);
        Assert.InRange(there.Below, 0.45, 1);
        Assert.InRange(evidence.Test.At(0.88).Above, 0, 0.01);
        Assert.InRange(evidence.Test.At(0.92).Below, 0, 0.01);
    }
}
