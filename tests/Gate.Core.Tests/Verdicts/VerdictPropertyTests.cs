using FsCheck;
using FsCheck.Fluent;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Core.Verdicts.SrCr;
using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Tests.Verdicts;

/// <summary>What must hold for any tasks and thresholds whatever, broken ones included.</summary>
public sealed class VerdictPropertyTests
{
    private static readonly string[] Names = ["a", "b", "text", "graded", "missing"];
    private static readonly string[] Metrics = ["retention", "srcr", "maxForgotten", "perplexityRatio", "nonsense"];

    private static void ForAnySeed(int tests, Func<int, bool> property) =>
        Prop.ForAll<int>(seed => property(seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(tests));

    private static PairedTask RandomTask(Random random, string name)
    {
        int items = random.Next(4) == 0 ? random.Next(6) : random.Next(10, 150);
        double chance = random.Next(2) == 0 ? 0 : 0.25;
        double dense = random.NextDouble();
        double kept = random.NextDouble();
        int clusters = random.Next(3) switch { 0 => 0, 1 => random.Next(1, 8), _ => random.Next(8, 60) };
        PairedItem One(int i)
        {
            double b = random.NextDouble() < dense ? 1 : 0;
            double c = b == 1 ? random.NextDouble() < kept ? 1 : 0 : random.NextDouble() < 0.05 ? 1 : 0;
            PairedItem item = Pairs.Item($"i{i}", b, c, chance, clusters == 0 ? null : $"c{random.Next(clusters)}", i % 3 == 0 ? null : $"g{i % 5}");
            item = name switch
            {
                "text" => item with { Dense = 100 + (20 * random.NextDouble()), Candidate = 100 + (30 * random.NextDouble()), Weight = random.Next(1, 64), Chance = 0 },
                "graded" => item with { Dense = random.NextDouble(), Candidate = random.NextDouble() },
                _ => item,
            };
            return random.Next(200) switch
            {
                0 => item with { Candidate = double.NaN },
                1 => item with { Dense = double.NegativeInfinity },
                2 => item with { CandidateInvalid = true },
                _ => item,
            };
        }

        return new PairedTask(name, name == "text", random.Next(5) == 0 ? 0 : 0.1 + random.NextDouble(), [.. Enumerable.Range(0, items).Select(One)]);
    }

    private static (PairedTask[] Tasks, Threshold[] Thresholds, DecisionOptions Options, double? Tcr) RandomRun(int seed)
    {
        var random = new Random(seed);
        PairedTask[] tasks = [.. Names.Take(4).Where(_ => random.Next(3) > 0).Select(name => RandomTask(random, name))];
        Threshold[] thresholds =
        [
            .. Enumerable.Range(0, random.Next(7)).Select(_ =>
            {
                string metric = Metrics[random.Next(20) == 0 ? 4 : random.Next(4)];
                double limit = random.Next(30) switch { 0 => double.NaN, 1 => 1, 2 => 0, _ => metric == "perplexityRatio" ? 1 + random.NextDouble() : random.NextDouble() };
                return Pairs.Limit(metric, limit, random.Next(2) == 0 ? null : Names[random.Next(5)]);
            }),
        ];
        DecisionOptions options = new(
            random.Next(4) == 0 ? "point" : "confidence", 0.8 + (0.19 * random.NextDouble()), random.Next(2) == 0 ? "fail" : "warn", seed, Resamples: 100,
            SrCrFormula: random.Next(2) == 0 ? "srcr-product/1" : "srcr-harmonic/1");
        return (tasks, thresholds, options, random.Next(3) == 0 ? null : random.NextDouble());
    }

    [Fact]
    public void Every_threshold_appears_exactly_once_in_one_of_four_states_and_no_number_is_missing() => ForAnySeed(400, seed =>
    {
        (PairedTask[] tasks, Threshold[] thresholds, DecisionOptions options, double? tcr) = RandomRun(seed);
        Judgement judgement = VerdictEngine.Judge(tasks, thresholds, options, tcr);
        Verdict verdict = judgement.Verdict;
        Assert.Equal(thresholds.Select(threshold => (threshold.Key, threshold.Task, threshold.Metric)), verdict.Rules.Select(rule => (rule.Key, rule.Task, rule.Metric)));
        foreach (RuleResult rule in verdict.Rules)
        {
            Assert.True(Enum.IsDefined(rule.State));
            Assert.Equal(rule.State == VerdictState.Pass, rule.Code.Length == 0);
            Assert.Equal(rule.State == VerdictState.NotMeasured, rule.Measured is null);
            Assert.NotEmpty(rule.Reason);
            if (rule.Measured is Estimate measured)
                Finite(measured);
        }

        // Nothing but a run in which everything was shown to hold, or a warned inconclusive one, ends with 0.
        bool all(VerdictState state) => verdict.Rules.All(rule => rule.State == state);
        bool any(VerdictState state) => verdict.Rules.Any(rule => rule.State == state);
        Assert.Equal(any(VerdictState.Fail), verdict.ExitCode == 1);
        if (verdict.ExitCode == 0)
        {
            Assert.NotEmpty(verdict.Rules);
            Assert.False(any(VerdictState.NotMeasured));
            Assert.True(all(VerdictState.Pass) || (options.OnInconclusive == "warn" && verdict.State == VerdictState.Inconclusive));
        }

        if (!any(VerdictState.Fail) && any(VerdictState.NotMeasured))
            Assert.Equal(4, verdict.ExitCode);

        Assert.Equal(tasks.Select(task => task.Name), judgement.Tasks.Select(task => task.Name));
        foreach (TaskStatistics task in judgement.Tasks)
        {
            foreach (Estimate? ratio in new[] { task.Retention, task.CorrectedRetention })
            {
                Assert.Equal(task.Gateable, ratio is not null);
                if (ratio is not null)
                    Finite(ratio with { Upper = double.IsInfinity(ratio.Upper) ? ratio.Value : ratio.Upper });
            }

            Assert.True(double.IsFinite(task.DenseScore ?? 0) && double.IsFinite(task.CandidateScore ?? 0) && double.IsFinite(task.Chance));
            Assert.Equal(task.Gateable, task.NotGateableReason is null);
        }

        if (judgement.Suite.SemanticRetention is { } sr)
            Finite(sr);
        if (judgement.Suite.SrCr is not null)
            Finite(judgement.Suite.SrCr);
        Assert.Equal(tasks.Length, judgement.Suite.IncludedTasks.Length + judgement.Suite.ExcludedTasks.Length);
        return true;
    });

    [Fact]
    public void Looks_before_the_end_and_an_earlier_candidate_leave_every_rule_once_in_one_of_four_states() => ForAnySeed(200, seed =>
    {
        (PairedTask[] tasks, Threshold[] thresholds, DecisionOptions options, double? tcr) = RandomRun(seed);
        var random = new Random(seed ^ 0x3333);
        options = options with { Rule = "confidence" };
        var early = new EarlyOutcome(
            random.Next(2) == 0, random.Next(1000),
            [.. thresholds.Where(_ => random.Next(2) == 0).Select(threshold => new EarlyEvidence(threshold.Key, Math.Exp(8 * random.NextDouble()), Math.Exp(8 * random.NextDouble())))],
            new EarlyStoppingOptions());
        RatchetComparison? ratchet = random.Next(3) switch
        {
            0 => null,
            1 => new RatchetComparison(Pairs.Limit("ratchet", 0.9), "retention of what was known", [], "there is no baseline", "accept one"),
            _ => new RatchetComparison(Pairs.Limit("ratchet", 0.9), "retention of what was known", tasks, null, null),
        };
        Verdict verdict = VerdictEngine.Judge(
            tasks, thresholds, options, tcr is double rate ? new CompressionMeasures(rate) : null, random.Next(3) == 0 ? null : early, ratchet is null ? null : [ratchet]).Verdict;
        Assert.Equal([.. thresholds.Select(threshold => threshold.Key), .. ratchet is null ? Array.Empty<string>() : ["thresholds.ratchet"]], verdict.Rules.Select(rule => rule.Key));
        Assert.All(verdict.Rules, rule =>
        {
            Assert.True(Enum.IsDefined(rule.State));
            Assert.Equal(rule.State == VerdictState.NotMeasured, rule.Measured is null);
            Assert.Equal(rule.State == VerdictState.Pass, rule.Code.Length == 0);
        });
        if (ratchet?.Missing is not null)
            Assert.Equal(VerdictState.NotMeasured, verdict.Rules[^1].State);
        Assert.Equal(verdict.Rules.Any(rule => rule.State == VerdictState.Fail), verdict.ExitCode == 1);
        Assert.True(verdict.ExitCode != 0 || verdict.Rules.All(rule => rule.State == VerdictState.Pass || (rule.State == VerdictState.Inconclusive && options.OnInconclusive == "warn")));
        return true;
    });

    [Fact]
    public void After_a_stop_a_rule_passes_or_fails_by_the_evidence_of_the_looks_alone() => ForAnySeed(200, seed =>
    {
        (PairedTask[] tasks, Threshold[] thresholds, DecisionOptions options, double? tcr) = RandomRun(seed);
        var random = new Random(seed ^ 0x7777);
        Threshold[] distinct = [.. thresholds.DistinctBy(threshold => threshold.Key)];
        var early = new EarlyOutcome(
            true, 500, [.. distinct.Select(threshold => new EarlyEvidence(threshold.Key, Math.Exp(8 * random.NextDouble()), Math.Exp(8 * random.NextDouble())))], new EarlyStoppingOptions());
        double level = 1 - options.Confidence;
        Verdict verdict = VerdictEngine.Judge(
            tasks, distinct, options with { Rule = "confidence" }, tcr is double rate ? new CompressionMeasures(rate) : null, early).Verdict;
        for (int i = 0; i < distinct.Length; i++)
        {
            VerdictState expected = verdict.Rules[i].Measured is null ? VerdictState.NotMeasured
                : early.Rules[i].Breached >= Math.Max(1, distinct.Length - early.Rules.Count(rule => rule.Holds >= 1 / (level * 0.2))) / (level * 0.9) ? VerdictState.Fail
                : early.Rules[i].Holds >= 1 / (level * 0.2) ? VerdictState.Pass
                : VerdictState.Inconclusive;
            Assert.Equal(expected, verdict.Rules[i].State);
        }

        return true;
    });

    private static void Finite(Estimate estimate)
    {
        Assert.True(double.IsFinite(estimate.Value) && double.IsFinite(estimate.Lower) && double.IsFinite(estimate.Upper), estimate.ToString());
        Assert.True(estimate.Lower <= estimate.Value && estimate.Value <= estimate.Upper, estimate.ToString());
    }

    [Fact]
    public void Interval_and_decision_never_disagree() => ForAnySeed(400, seed =>
    {
        (PairedTask[] tasks, Threshold[] thresholds, DecisionOptions options, double? tcr) = RandomRun(seed);
        foreach (RuleResult rule in VerdictEngine.Judge(tasks, thresholds, options with { Rule = "confidence" }, tcr).Verdict.Rules)
        {
            if (rule.Measured is not Estimate measured || rule.Limit is 0 or 1)
                continue;
            double safe = rule.AtLeast ? measured.Lower : measured.Upper;
            double unsafeBound = rule.AtLeast ? measured.Upper : measured.Lower;
            bool kept(double value) => rule.AtLeast ? value >= rule.Limit : value <= rule.Limit;
            Assert.True(rule.State != VerdictState.Pass || kept(safe), rule.Reason);
            Assert.True(rule.State != VerdictState.Fail || !kept(unsafeBound), rule.Reason);
            Assert.True(rule.State != VerdictState.Inconclusive || !kept(safe) || rule.Code == "GATE2007", rule.Reason);
        }

        return true;
    });

    [Fact]
    public void The_order_of_items_changes_nothing() => ForAnySeed(60, seed =>
    {
        (PairedTask[] tasks, Threshold[] thresholds, DecisionOptions options, double? tcr) = RandomRun(seed);
        var random = new Random(seed ^ 0x5555);
        PairedTask[] shuffled = [.. tasks.Select(task => task with { Items = [.. task.Items.OrderBy(_ => random.Next())] })];
        Judgement first = VerdictEngine.Judge(tasks, thresholds, options, tcr);
        Judgement second = VerdictEngine.Judge(shuffled, thresholds, options, tcr);
        Assert.Equal(first.Verdict.Rules.AsEnumerable(), second.Verdict.Rules);
        Assert.Equal(first.Suite.SemanticRetention, second.Suite.SemanticRetention);
        Assert.Equal(first.Tasks.Select(task => task.CorrectedRetention), second.Tasks.Select(task => task.CorrectedRetention));
        return true;
    });

    [Fact]
    public void A_better_answer_of_the_candidate_never_looks_worse() => ForAnySeed(400, seed =>
    {
        var random = new Random(seed);
        var counts = new PairedCounts(random.Next(1, 400), random.Next(1, 60), random.Next(30), random.Next(1, 200));
        double limit = 0.5 + (0.5 * random.NextDouble());
        double chance = random.Next(2) == 0 ? 0 : 0.2 * counts.Known / counts.Items;
        TailProbabilities before = PairedRetentionTest.Test(counts, chance, limit);
        PairedCounts remembered = counts with { Kept = counts.Kept + 1, Forgotten = counts.Forgotten - 1 };
        PairedCounts learnt = counts with { Gained = counts.Gained + 1, NeverKnown = counts.NeverKnown - 1 };
        foreach (PairedCounts better in new[] { remembered, learnt })
        {
            TailProbabilities after = PairedRetentionTest.Test(better, chance, limit);
            if (counts.Flips >= PairedRetentionTest.FewFlips == better.Flips >= PairedRetentionTest.FewFlips)
            {
                Assert.True(after.Above <= before.Above + 1e-6, $"{counts} {limit} {chance}: {before} {after}");
                Assert.True(after.Below >= before.Below - 1e-6, $"{counts} {limit} {chance}: {before} {after}");
            }
        }

        return true;
    });

    [Fact]
    public void A_stricter_limit_is_never_easier() => ForAnySeed(300, seed =>
    {
        var random = new Random(seed);
        var counts = new PairedCounts(random.Next(1, 600), random.Next(60), random.Next(40), random.Next(200));
        double last = 0;
        for (double limit = 0.3; limit <= 1.2; limit += 0.02)
        {
            double above = PairedRetentionTest.Test(counts, 0, limit).Above;
            Assert.True(above >= last - 1e-6, $"{counts} at {limit}: {last} {above}");
            last = above;
        }

        return true;
    });
}
