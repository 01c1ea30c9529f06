using System.Globalization;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Tests.Verdicts.EarlyStopping;

/// <summary>Early stopping by seeded simulation: limit 0.95, dense score 0.6, 95 % one-sided.</summary>
public sealed class EarlyStoppingTests(ITestOutputHelper output)
{
    private const double Limit = 0.95;

    private static readonly Threshold Retention = Pairs.Limit("retention", Limit, "facts");

    // What the pipeline does: some items of each cluster in the first pass, more in the next.
    private static (EarlyDecision Decision, int Items) Run(OutcomeSimulator truth, int cap, int run, double chance = 0, long seed = 31)
    {
        int size = truth.ClusterSize;
        EarlyDesign design = EarlyDesign.Of([("facts", [.. Enumerable.Repeat(size, cap / size)])]);
        EarlyStoppingEngine engine = new([new EarlyRule(Retention, truth.Dense, chance, chance, design)], 1, 0.95);
        PairedItem[] items = [.. truth.Draw(cap, seed, run).Select(outcome => Pairs.Item("q", outcome.Dense ? 1 : 0, outcome.Candidate ? 1 : 0, chance))];
        for (int pass = 0; pass < design.Passes.Length; pass++)
        {
            int until = design.Passes[pass];
            int before = pass == 0 ? 0 : design.Passes[pass - 1];
            for (int cluster = 0; cluster < design.Rounds; cluster++)
            {
                ArraySegment<PairedItem> seen = new(items, cluster * size, until);
                EarlyDecision decision = engine.Observe(new EarlyRound(pass, [new EarlyCluster("facts", size, seen)], until - before));
                if (decision != EarlyDecision.Continue)
                    return (decision, engine.Items);
            }
        }

        return (EarlyDecision.Continue, cap);
    }

    [Theory]
    [InlineData(1, 2000, 0.0, 0.0, 0.6)]
    [InlineData(1, 2000, 0.0, 0.25, 0.6)]
    [InlineData(5, 2000, 0.1, 0.0, 0.6)]
    [InlineData(5, 1000, 0.6, 0.0, 0.6)]
    [InlineData(34, 1190, 0.1, 0.0, 0.6)]
    [InlineData(34, 1190, 0.1, 0.0, 0.9)]
    [InlineData(34, 1190, 0.6, 0.0, 0.6)]
    [InlineData(60, 600, 0.1, 0.25, 0.8)]
    public void Looking_after_every_step_keeps_the_shares_of_the_error_probability(int clusterSize, int items, double correlation, double chance, double dense)
    {
        const int runs = 1500;
        OutcomeSimulator boundary = new() { Retention = Limit, ClusterSize = clusterSize, Chance = chance, Correlation = correlation, Dense = dense };
        (EarlyDecision Decision, int Items)[] results = [.. Enumerable.Range(0, runs).AsParallel().AsOrdered().Select(run => Run(boundary, items, run, chance))];
        double passed = results.Count(result => result.Decision == EarlyDecision.Pass) / (double)runs;
        double failed = results.Count(result => result.Decision == EarlyDecision.Fail) / (double)runs;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{items} items in clusters of {clusterSize}, correlation {correlation}, chance {chance}, dense {dense}: pass {passed:P2} fail {failed:P2}"));
        Assert.InRange(passed, 0, 0.01 + (2 * Math.Sqrt(0.01 * 0.99 / runs)));
        Assert.InRange(failed, 0, 0.045 + (2 * Math.Sqrt(0.045 * 0.955 / runs)));
    }

    [Theory]
    [InlineData(0.75, 1, 0.6, 80)]
    [InlineData(0.60, 1, 0.6, 60)]
    [InlineData(0.30, 1, 0.6, 50)]
    [InlineData(0.75, 5, 0.6, 80)]
    [InlineData(0.60, 5, 0.6, 60)]
    [InlineData(0.75, 34, 0.9, 80)]
    [InlineData(0.60, 34, 0.6, 80)]
    [InlineData(0.30, 34, 0.6, 60)]
    public void A_catastrophic_candidate_is_stopped_after_a_median_of_at_most_80_items(double retention, int clusterSize, double dense, int median)
    {
        OutcomeSimulator truth = new() { Retention = retention, ClusterSize = clusterSize, Dense = dense };
        (EarlyDecision Decision, int Items)[] results =
            [.. Enumerable.Range(0, 1001).Select(run => Run(truth, clusterSize == 34 ? 1190 : 2000, run)).OrderBy(result => result.Items)];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"clusters of {clusterSize}, dense {dense}, R {retention}: median {results[500].Items}, 90 % {results[900].Items}, failed {results.Count(r => r.Decision == EarlyDecision.Fail)}"));
        Assert.InRange(results[500].Items, 50, median);

        Assert.True(results.Count(result => result.Decision == EarlyDecision.Fail) >= 980);
        Assert.DoesNotContain(results, result => result.Decision == EarlyDecision.Pass);
    }

    [Theory]
    [InlineData(0.75, 0.6, 800, 560)]
    [InlineData(0.75, 0.9, 980, 140)]
    [InlineData(0.60, 0.6, 980, 140)]
    public void What_the_bets_on_35_clusters_miss_is_stopped_when_more_of_each_is_known(double retention, double dense, int failed, int threeQuarters)
    {
        OutcomeSimulator truth = new() { Retention = retention, ClusterSize = 34, Dense = dense };
        (EarlyDecision Decision, int Items)[] results = [.. Enumerable.Range(0, 1001).Select(run => Run(truth, 1190, run)).OrderBy(result => result.Items)];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"dense {dense}, R {retention}: failed {results.Count(r => r.Decision == EarlyDecision.Fail)}, median {results[500].Items}, 75 % {results[750].Items}, 90 % {results[900].Items}"));
        Assert.True(results.Count(result => result.Decision == EarlyDecision.Fail) >= failed);
        Assert.InRange(results[750].Items, 50, threeQuarters);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.9)]
    public void Clusters_of_unequal_size_keep_their_weight_wherever_the_loss_is(double lostInSmall)
    {
        // Sizes 1 and 20, equally often; the mean over all items lies on the limit, the mean over clusters on either side of it.
        const int runs = 1500;
        EarlyDesign design = EarlyDesign.Of([("facts", [.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? 1 : 20)])]);
        int passed = 0;
        int failed = 0;
        Parallel.For(0, runs, run =>
        {
            var random = new CounterRandom(77, run);
            EarlyStoppingEngine engine = new([new EarlyRule(Retention, 1, Design: design)], 1, 0.95);
            EarlyDecision decision = EarlyDecision.Continue;
            PairedItem[][] clusters = [.. Enumerable.Range(0, 200).Select(_ =>
            {
                bool small = random.NextDouble() < 0.5;
                double share = small ? lostInSmall : ((0.05 * 21) - lostInSmall) / 20;
                return Enumerable.Range(0, small ? 1 : 20).Select(_ => Pairs.Item("q", 1, random.NextDouble() < share ? 0 : 1)).ToArray();
            })];
            for (int pass = 0; pass < design.Passes.Length && decision == EarlyDecision.Continue; pass++)
            {
                for (int round = 0; round < 200 && decision == EarlyDecision.Continue; round++)
                {
                    PairedItem[] seen = [.. clusters[round].Take(design.Passes[pass])];
                    decision = engine.Observe(new EarlyRound(pass, [new EarlyCluster("facts", clusters[round].Length, seen)], 1));
                }
            }

            if (decision == EarlyDecision.Pass)
                Interlocked.Increment(ref passed);
            if (decision == EarlyDecision.Fail)
                Interlocked.Increment(ref failed);
        });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lost in small {lostInSmall:F3}: pass {(double)passed / runs:P2} fail {(double)failed / runs:P2}"));
        Assert.InRange((double)passed / runs, 0, 0.01 + (2 * Math.Sqrt(0.01 * 0.99 / runs)));
        Assert.InRange((double)failed / runs, 0, 0.045 + (2 * Math.Sqrt(0.045 * 0.955 / runs)));
    }

    [Fact]
    public void Evidence_of_a_pass_counts_for_its_share_of_the_error_probability_only()
    {
        // The same 40 items as 40 clusters of one, and as the first of four items of 40 clusters.
        EarlyEvidence alone = After(new EarlyDesign(40, [1], [new EarlyStratum("facts", 40, 1)]), 1);
        EarlyEvidence first = After(new EarlyDesign(40, [1, 2, 4], [new EarlyStratum("facts", 160, 4)]), 4);
        Assert.Equal(alone.Holds / 3, first.Holds, 1e-12);
        Assert.Equal(alone.Breached * 0.9, first.Breached, 1e-12);

        static EarlyEvidence After(EarlyDesign design, int size)
        {
            EarlyStoppingEngine engine = new([new EarlyRule(Retention, 0.6, Design: design)], 1, 0.95);
            for (int round = 0; round < 39; round++)
                engine.Observe(new EarlyRound(0, [new EarlyCluster("facts", size, [Pairs.Item("q", 1, round % 3 == 0 ? 0 : 1)])], 1));
            return engine.Outcome(stopped: false).Rules[0];
        }
    }

    [Fact]
    public void Failures_are_bet_on_in_the_first_pass_and_looked_for_once_at_the_end_of_each_other_but_the_last()
    {
        EarlyDesign design = new(40, [1, 2, 4], [new EarlyStratum("facts", 160, 4)]);
        PairedItem kept = Pairs.Item("q", 1, 1);
        PairedItem lost = Pairs.Item("q", 1, 0);
        double[][] afterEveryRound = [.. new[] { 0, 1, 2 }.Select(lossy => Evidence(lossy).ToArray())];

        // A loss in the first pass is seen in the middle of it.
        Assert.True(afterEveryRound[0][20] > 100);

        // In the second nothing is said before its end, when the clusters are tested.
        Assert.Equal(afterEveryRound[1][39], afterEveryRound[1][78]);
        Assert.True(afterEveryRound[1][39] < 1);
        Assert.True(afterEveryRound[1][79] > 100);

        // In the last the test of all items will say it.
        Assert.True(afterEveryRound[2].Max() < 1);

        IEnumerable<double> Evidence(int lossyPass)
        {
            EarlyStoppingEngine engine = new([new EarlyRule(Retention, 0.6, Design: design)], 1, 0.95);
            for (int pass = 0; pass < design.Passes.Length; pass++)
            {
                for (int round = 0; round < design.Rounds; round++)
                {
                    PairedItem[] items = [.. Enumerable.Range(0, design.Passes[pass]).Select(i => pass == lossyPass && (i + round) % 4 > 0 ? lost : kept)];
                    engine.Observe(new EarlyRound(pass, [new EarlyCluster("facts", 4, items)], 1));
                    yield return engine.Outcome(stopped: false).Rules[0].Breached;
                }
            }
        }
    }

    [Fact]
    public void A_rule_about_the_suite_weighs_its_tasks_by_their_items()
    {
        // 160 items in clusters of four are kept, nine of ten of 40 single ones are lost: 18 % of all.
        EarlyDesign design = new(40, [1], [new EarlyStratum("a", 160, 4), new EarlyStratum("b", 40, 1)]);
        EarlyStoppingEngine Watching(double limit) => new([new EarlyRule(Pairs.Limit(RuleMetrics.MaxForgotten, limit), 1, Design: design)], 1, 0.95);
        EarlyStoppingEngine low = Watching(0.05);
        EarlyStoppingEngine high = Watching(0.3);
        EarlyStoppingEngine middle = Watching(0.2);
        for (int i = 0; i < 4000; i++)
        {
            EarlyRound round = new(0, [new EarlyCluster("a", 4, [Pairs.Item("q", 1, 1)]), new EarlyCluster("b", 1, [Pairs.Item("q", 1, i % 10 == 9 ? 1 : 0)])], 2);
            low.Observe(round);
            middle.Observe(round);
            high.Observe(round);
        }

        Assert.Equal(EarlyDecision.Fail, low.Decision);
        Assert.Equal(EarlyDecision.Pass, high.Decision);
        Assert.Equal(EarlyDecision.Continue, Watching(0.18).Observe(new EarlyRound(0, [], 60)));
        Assert.Throws<ArgumentException>(() => middle.Observe(new EarlyRound(0, [new EarlyCluster("b", 1, [Pairs.Item("q", 1, 1)])], 1)));
        Assert.Throws<ArgumentException>(() => EarlyDesign.Of([("a", [1, 2]), ("b", [1])]));
        Assert.Throws<ArgumentException>(() => EarlyDesign.Of([]));
    }

    [Fact]
    public void Early_looks_and_the_test_at_the_end_together_keep_the_error_probability()
    {
        const int runs = 1500;
        const int items = 1000;
        (double pass, double fail) boundary = Shares(Limit);
        (double pass, double fail) lossless = Shares(1);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"boundary {boundary.pass:P1}/{boundary.fail:P1}, loss-free {lossless.pass:P1}/{lossless.fail:P1}"));
        Assert.InRange(boundary.pass, 0, 0.05 + (2 * Math.Sqrt(0.05 * 0.95 / runs)));
        Assert.InRange(boundary.fail, 0, 0.05 + (2 * Math.Sqrt(0.05 * 0.95 / runs)));
        Assert.InRange(lossless.pass, 0.90, 1);

        (double Pass, double Fail) Shares(double retention)
        {
            OutcomeSimulator truth = new() { Retention = retention };
            int pass = 0;
            int fail = 0;
            for (int run = 0; run < runs; run++)
            {
                EarlyDecision early = Run(truth, items, run).Decision;
                TailProbabilities tails = truth.Test(items, 31, run, Limit);
                bool failed = early == EarlyDecision.Fail || (early == EarlyDecision.Continue && tails.Below <= 0.005);
                fail += failed ? 1 : 0;
                pass += !failed && (early == EarlyDecision.Pass || tails.Above <= 0.04) ? 1 : 0;
            }

            return ((double)pass / runs, (double)fail / runs);
        }
    }

    [Fact]
    public void An_early_stop_decides_its_rule_and_leaves_the_others_undecided()
    {
        Threshold other = Pairs.Limit("maxForgotten", 0.3, "facts");
        Threshold perplexity = Pairs.Limit("perplexityRatio", 1.2);
        EarlyStoppingEngine engine = new([new EarlyRule(Retention, 0.6)], 3, 0.95);
        List<PairedItem> seen = [];
        EarlyDecision decision = EarlyDecision.Continue;
        for (int i = 0; decision == EarlyDecision.Continue; i++)
        {
            seen.Add(Pairs.Item($"q{i:D4}", i % 5 < 3 ? 1 : 0, i % 5 < 2 && i % 3 > 0 ? 1 : 0));
            decision = engine.Observe("facts", seen[^1]);
        }

        Assert.Equal(EarlyDecision.Fail, decision);
        Assert.InRange(seen.Count, 50, 200);
        Judgement judgement = VerdictEngine.Judge(
            [new PairedTask("facts", false, 1, [.. seen])], [Retention, other, perplexity], new DecisionOptions(Resamples: 200), compression: null, engine.Outcome(stopped: true));
        Assert.Equal([VerdictState.Fail, VerdictState.Inconclusive, VerdictState.NotMeasured], judgement.Verdict.Rules.Select(rule => rule.State));
        Assert.Equal(1, judgement.Verdict.ExitCode);
        Assert.Contains("valid at any time", judgement.Verdict.Rules[0].Reason, StringComparison.Ordinal);
        Assert.Contains("stopped", judgement.Verdict.Rules[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_stop_no_fixed_size_test_passes_anything()
    {
        PairedTask task = Pairs.Task(600, 0, 0, 0);
        EarlyOutcome nothingShown = new(true, 600, [new EarlyEvidence(Retention.Key, 1, 1)], new EarlyStoppingOptions());
        Verdict stopped = VerdictEngine.Judge([task], [Retention], new DecisionOptions(Resamples: 200), compression: null, nothingShown).Verdict;
        Assert.Equal(VerdictState.Inconclusive, stopped.State);
        Verdict complete = VerdictEngine.Judge([task], [Retention], new DecisionOptions(Resamples: 200), compression: null, nothingShown with { Stopped = false }).Verdict;
        Assert.Equal(VerdictState.Pass, complete.State);
        EarlyOutcome shown = nothingShown with { Rules = [new EarlyEvidence(Retention.Key, 100, 1)] };
        Assert.Equal(VerdictState.Pass, VerdictEngine.Judge([task], [Retention], new DecisionOptions(Resamples: 200), compression: null, shown).Verdict.State);
        EarlyOutcome almost = nothingShown with { Rules = [new EarlyEvidence(Retention.Key, 99.9, 22.2)] };
        Assert.Equal(VerdictState.Inconclusive, VerdictEngine.Judge([task], [Retention], new DecisionOptions(Resamples: 200), compression: null, almost).Verdict.State);
        EarlyOutcome breached = nothingShown with { Rules = [new EarlyEvidence(Retention.Key, 1, 22.3)] };
        Assert.Equal(VerdictState.Fail, VerdictEngine.Judge([task], [Retention], new DecisionOptions(Resamples: 200), compression: null, breached).Verdict.State);
        Assert.Throws<ArgumentException>(() => VerdictEngine.Judge([task], [Retention], new DecisionOptions(Rule: "point"), compression: null, shown));
    }

    [Fact]
    public void An_early_failure_needs_as_many_times_the_evidence_as_there_are_rules()
    {
        PairedTask[] tasks = [Pairs.Task(600, 0, 0, 0), Pairs.Task(600, 0, 0, 0, name: "other")];
        Threshold[] thresholds = [Retention, Pairs.Limit("retention", Limit, "other"), Pairs.Limit("maxForgotten", 0.05, "other")];
        VerdictState After(double evidence) => VerdictEngine.Judge(
            tasks, thresholds, new DecisionOptions(Resamples: 200), compression: null,
            new EarlyOutcome(true, 600, [new EarlyEvidence(Retention.Key, 1, evidence)], new EarlyStoppingOptions())).Verdict.Rules[0].State;

        // 3 / (0.05 · 0.9) = 66.7.
        Assert.Equal(VerdictState.Inconclusive, After(66.6));
        Assert.Equal(VerdictState.Fail, After(66.7));
    }

    [Fact]
    public void The_error_probability_spent_on_early_looks_is_missing_at_the_end()
    {
        // 6 · 0.93^67 = 0.046: enough for 5 %, not for the 4 % that early looks leave.
        PairedTask task = Pairs.Task(67, 0, 0, 0);
        EarlyOutcome looked = new(false, 67, [], new EarlyStoppingOptions());
        Assert.Equal(VerdictState.Pass, VerdictEngine.Judge([task], [Retention], new DecisionOptions(Resamples: 200), compression: null).Verdict.State);
        RuleResult after = VerdictEngine.Judge([task], [Retention], new DecisionOptions(Resamples: 200), compression: null, looked).Verdict.Rules[0];
        Assert.Equal(VerdictState.Inconclusive, after.State);
        Assert.True(after.Measured!.Lower < Limit);
    }

    [Fact]
    public void Rules_that_cannot_be_watched_prevent_an_early_pass_but_not_an_early_failure()
    {
        EarlyStoppingEngine engine = new([new EarlyRule(Retention, 0.9)], 2, 0.95);
        EarlyStoppingEngine alone = new([new EarlyRule(Retention, 0.9)], 1, 0.95);
        for (int i = 0; i < 3000; i++)
        {
            engine.Observe("facts", Pairs.Item("q", 1, 1));
            alone.Observe("facts", Pairs.Item("q", 1, 1));
            engine.Observe("other", Pairs.Item("q", 1, 0));
        }

        Assert.Equal(EarlyDecision.Continue, engine.Decision);
        Assert.Equal(EarlyDecision.Pass, alone.Decision);
        Assert.Equal(6000, engine.Items);
        for (int i = 0; i < 3000; i++)
            engine.Observe("facts", Pairs.Item("q", 1, 0));
        Assert.Equal(EarlyDecision.Fail, engine.Decision);
        Assert.False(EarlyStoppingEngine.CanDecide(Pairs.Limit("retention", 0.95)));
        Assert.False(EarlyStoppingEngine.CanDecide(Pairs.Limit("perplexityRatio", 1.1)));
        Assert.True(EarlyStoppingEngine.CanDecide(Pairs.Limit("maxForgotten", 0.1)));
        Assert.Throws<ArgumentException>(() => new EarlyStoppingEngine([new EarlyRule(Pairs.Limit("srcr", 0.7), 0.6)], 1, 0.95));
        EarlyCluster pair = new("facts", 2, [Pairs.Item("a", 1, 1), Pairs.Item("b", 1, 1)]);
        Assert.Throws<ArgumentException>(() => alone.Observe(new EarlyRound(0, [pair], 2)));
    }

    [Fact]
    public void Forgetting_is_watched_on_known_items_only()
    {
        EarlyStoppingEngine engine = new([new EarlyRule(Pairs.Limit(RuleMetrics.MaxForgotten, 0.1), 0.6)], 1, 0.95);
        for (int i = 0; i < 5000; i++)
            engine.Observe("any", Pairs.Item("q", 0, i % 2));
        Assert.Equal(EarlyDecision.Continue, engine.Decision);
        int known = 0;
        while (engine.Decision == EarlyDecision.Continue)
            engine.Observe("any", Pairs.Item("q", 1, known++ % 2));
        Assert.Equal(EarlyDecision.Fail, engine.Decision);
        Assert.InRange(known, 5, 60);
    }
}
