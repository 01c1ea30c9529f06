using System.Collections.Immutable;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.SrCr;
using Gate.Core.Verdicts.Tasks;
using Gate.Diagnostics;
using Gate.Results;

namespace Gate.Core.Tests.Verdicts;

/// <summary>Small cases whose outcome is known by hand.</summary>
public sealed class VerdictTableTests
{
    private static readonly DecisionOptions Quick = new(Resamples: 1000);

    private static RuleResult Single(PairedTask task, Threshold threshold, DecisionOptions? options = null) =>
        Assert.Single(VerdictEngine.Judge([task], [threshold], options ?? Quick, 0.8125).Verdict.Rules);

    private static Judgement Judge(PairedTask[] tasks, Threshold[] thresholds, DecisionOptions? options = null, double? tcr = 0.8125) =>
        VerdictEngine.Judge(tasks, thresholds, options ?? Quick, tcr);

    [Theory]
    [InlineData(58, 0.95, VerdictState.Inconclusive)]
    [InlineData(59, 0.95, VerdictState.Pass)]
    [InlineData(28, 0.90, VerdictState.Inconclusive)]
    [InlineData(29, 0.90, VerdictState.Pass)]
    [InlineData(148, 0.98, VerdictState.Inconclusive)]
    [InlineData(149, 0.98, VerdictState.Pass)]
    [InlineData(298, 0.99, VerdictState.Inconclusive)]
    [InlineData(299, 0.99, VerdictState.Pass)]
    public void Zero_flips_support_a_forgotten_share_only_from_the_known_number_of_known_items(int known, double limit, VerdictState expected)
    {
        foreach (int unknown in new[] { 0, 20, 100 })
        {
            PairedTask task = Pairs.Task(known, 0, 0, unknown);
            Assert.Equal(expected, Single(task, Pairs.Limit("maxForgotten", Math.Round(1 - limit, 10), "facts")).State);
        }
    }

    [Theory]
    [InlineData(300)]
    [InlineData(3000)]
    [InlineData(30000)]
    public void A_cluster_that_holds_nearly_everything_shows_nothing(int size)
    {
        // Two clusters of one item beside it: as many as one cluster, however many items there are.
        PairedTask task = Pairs.Task(size, 3, 0, 0, cluster: i => i < 2 ? $"small {i}" : "large");
        foreach (string metric in new[] { "maxForgotten", "retention" })
        {
            RuleResult rule = Single(task, Pairs.Limit(metric, 0.5, "facts"));
            Assert.Equal(VerdictState.Inconclusive, rule.State);
            Assert.InRange(rule.Measured!.Value, 0, 1);
            Assert.True(double.IsFinite(rule.Measured.Lower) && !double.IsNaN(rule.Measured.Upper), $"{rule.Measured}");
        }
    }

    [Fact]
    public void The_items_that_would_decide_are_counted_beyond_those_there_are() =>
        Assert.Equal(8, Single(Pairs.Task(58, 0, 0, 0), Pairs.Limit("retention", 0.95, "facts")).MoreItemsToDecide);

    [Fact]
    public void Tasks_without_an_item_are_said_to_have_none()
    {
        Verdict verdict = Judge([Pairs.Task(0, 0, 0, 0)], [Pairs.Limit("retention", 0.9)]).Verdict;
        Assert.Equal(4, verdict.ExitCode);
        Assert.Contains("no items were scored", verdict.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65, 0.95, VerdictState.Inconclusive)]
    [InlineData(66, 0.95, VerdictState.Pass)]
    [InlineData(37, 0.90, VerdictState.Inconclusive)]
    [InlineData(38, 0.90, VerdictState.Pass)]
    [InlineData(148, 0.98, VerdictState.Inconclusive)]
    [InlineData(149, 0.98, VerdictState.Pass)]
    [InlineData(298, 0.99, VerdictState.Inconclusive)]
    [InlineData(299, 0.99, VerdictState.Pass)]
    public void Zero_flips_support_a_retention_only_when_two_points_less_would_have_shown_a_flip_as_well(int known, double limit, VerdictState expected)
    {
        foreach (int unknown in new[] { 0, 20, 100 })
        {
            PairedTask task = Pairs.Task(known, 0, 0, unknown);
            Assert.Equal(expected, Single(task, Pairs.Limit("retention", limit, "facts")).State);
            Assert.Equal(expected, Single(task, Pairs.Limit("retention", limit)).State);
        }
    }

    [Theory]
    [InlineData(0.95, 0, VerdictState.Pass)]
    [InlineData(0.95, 0.25, VerdictState.Inconclusive)]
    [InlineData(0.97, 0, VerdictState.Inconclusive)]
    [InlineData(0.99, 0, VerdictState.Inconclusive)]
    public void The_worked_example_is_decided_as_printed(double limit, double chance, VerdictState expected)
    {
        RuleResult rule = Single(Pairs.Task(582, 38, 22, 358, chance), Pairs.Limit("retention", limit, "facts"));
        Assert.Equal(expected, rule.State);
        Assert.Equal(1000, rule.Items);
        Assert.Equal(38, rule.Forgotten);
        Assert.Equal(22, rule.Gained);
    }

    [Fact]
    public void The_worked_example_has_the_printed_ratio_and_bounds()
    {
        TaskStatistics task = Judge([Pairs.Task(582, 38, 22, 358)], [Pairs.Limit("retention", 0.95, "facts")]).Tasks[0];
        Assert.Equal(604.0 / 620, task.Retention!.Value, 1e-12);
        Assert.Equal(0.9541, task.Retention!.Lower, 0.0012);
        Assert.Equal(0.9947, task.Retention!.Upper, 0.0012);
        Assert.Equal(new FlipTable(582, 38, 22, 358), task.Flips);
    }

    [Fact]
    public void A_large_loss_fails_with_exit_1_and_says_why()
    {
        Verdict verdict = Judge([Pairs.Task(300, 200, 10, 490)], [Pairs.Limit("retention", 0.95, "facts")]).Verdict;
        Assert.Equal(VerdictState.Fail, verdict.State);
        Assert.Equal(1, verdict.ExitCode);
        RuleResult rule = verdict.Rules[0];
        Assert.Equal("GATE2001", rule.Code);
        Assert.Contains("0.6200", rule.Reason, StringComparison.Ordinal);
        Assert.Contains("at least 0.95", rule.Reason, StringComparison.Ordinal);
        Assert.Contains("200 forgotten, 10 gained", rule.Reason, StringComparison.Ordinal);
        Assert.True(rule.Measured!.Upper < 0.95);
    }

    [Fact]
    public void An_inconclusive_rule_is_exit_3_and_with_warn_exit_0_but_still_inconclusive()
    {
        PairedTask[] tasks = [Pairs.Task(582, 38, 22, 358)];
        Threshold[] thresholds = [Pairs.Limit("retention", 0.97, "facts")];
        Verdict strict = Judge(tasks, thresholds).Verdict;
        Assert.Equal((VerdictState.Inconclusive, 3), (strict.State, strict.ExitCode));
        Assert.Equal("GATE2002", strict.Rules[0].Code);
        Assert.InRange(strict.Rules[0].MoreItemsToDecide!.Value, 50_000, 55_000);
        Assert.Contains("more items would decide", strict.Rules[0].Reason, StringComparison.Ordinal);

        Verdict warned = Judge(tasks, thresholds, Quick with { OnInconclusive = "warn" }).Verdict;
        Assert.Equal((VerdictState.Inconclusive, 0), (warned.State, warned.ExitCode));
        Assert.Equal(VerdictState.Inconclusive, warned.Rules[0].State);
    }

    [Fact]
    public void A_dense_model_at_chance_level_is_exit_4_with_a_clear_message()
    {
        PairedTask task = Pairs.Task(70, 60, 60, 310, chance: 0.25, name: "mcqa");
        Threshold[] thresholds = [Pairs.Limit("retention", 0.95), Pairs.Limit("retention", 0.9, "mcqa"), Pairs.Limit("srcr", 0.6), Pairs.Limit("maxForgotten", 0.5)];
        foreach (string warn in new[] { "fail", "warn" })
        {
            Judgement judgement = Judge([task], thresholds, Quick with { OnInconclusive = warn });
            Assert.Equal((VerdictState.NotMeasured, 4), (judgement.Verdict.State, judgement.Verdict.ExitCode));
            Assert.All(judgement.Verdict.Rules, rule => Assert.Equal(VerdictState.NotMeasured, rule.State));
            Assert.Equal(["GATE2006", "GATE2004", "GATE2006", "GATE2006"], judgement.Verdict.Rules.Select(rule => rule.Code));
            Assert.Contains("no knowledge task is gateable", judgement.Verdict.Summary, StringComparison.Ordinal);
            Assert.False(judgement.Tasks[0].Gateable);
            Assert.Equal("mcqa", Assert.Single(judgement.Suite.ExcludedTasks).Name);
            Assert.Empty(judgement.Suite.IncludedTasks);
        }
    }

    [Fact]
    public void A_dense_model_at_chance_level_cannot_pass_on_perplexity_alone()
    {
        Verdict verdict = Judge(
            [Pairs.Task(0, 0, 0, 300), Pairs.Perplexity(100, 0.001)], [Pairs.Limit("perplexityRatio", 1.5)]).Verdict;
        Assert.Equal(VerdictState.Pass, verdict.Rules[0].State);
        Assert.Equal((VerdictState.NotMeasured, 4), (verdict.State, verdict.ExitCode));
    }

    [Fact]
    public void A_task_that_is_not_gateable_is_left_out_of_Sr_and_named()
    {
        PairedTask good = Pairs.Task(600, 10, 5, 385, name: "good");
        PairedTask guessing = Pairs.Task(30, 220, 220, 530, 0.25, name: "guessing");
        Judgement judgement = Judge([good, guessing], [Pairs.Limit("retention", 0.9)]);
        Assert.Equal(["good"], judgement.Suite.IncludedTasks);
        Assert.Equal("guessing", Assert.Single(judgement.Suite.ExcludedTasks).Name);
        Assert.Equal(605.0 / 610, judgement.Suite.SemanticRetention!.Value, 1e-12);
        Assert.Contains(judgement.Notes, note => note.Code == "GATE2004" && note.Message.Contains("guessing", StringComparison.Ordinal));
        Assert.Equal(VerdictState.Pass, judgement.Verdict.State);
    }

    [Fact]
    public void The_gateable_margin_is_measured_from_the_lower_bound_of_the_dense_score()
    {
        // Wilson's lower one-sided 95 % bound of 300/1000 is 0.2767 and of 296/1000 is 0.2728; chance 0.25 and margin 0.02 ask for 0.27.
        Assert.True(Judge([Pairs.Task(300, 0, 0, 700, 0.25)], []).Tasks[0].Gateable);
        Assert.True(Judge([Pairs.Task(294, 0, 0, 706, 0.25)], []).Tasks[0].Gateable);
        Assert.False(Judge([Pairs.Task(293, 0, 0, 707, 0.25)], []).Tasks[0].Gateable);
        Assert.True(Judge([Pairs.Task(273, 0, 0, 727, 0.25)], [], Quick with { GateableMargin = 0 }).Tasks[0].Gateable);
    }

    [Fact]
    public void Without_thresholds_or_items_nothing_passes()
    {
        Assert.Equal(4, Judge([Pairs.Task(600, 0, 0, 0)], []).Verdict.ExitCode);
        Assert.Equal(4, Judge([], []).Verdict.ExitCode);
        Assert.Equal(4, Judge([], [Pairs.Limit("retention", 0.5)]).Verdict.ExitCode);
        Verdict empty = Judge([new PairedTask("facts", false, 1, [])], [Pairs.Limit("retention", 0.5, "facts")]).Verdict;
        Assert.Equal(4, empty.ExitCode);
        Assert.Contains("no items", empty.Rules[0].Reason, StringComparison.Ordinal);
        Assert.Equal(4, Judge([new PairedTask("facts", false, 1, default)], [Pairs.Limit("retention", 0.5)]).Verdict.ExitCode);
    }

    [Theory]
    [InlineData(10, VerdictState.Pass)]
    [InlineData(11, VerdictState.NotMeasured)]
    public void Invalid_outcomes_count_as_wrong_up_to_the_allowed_share(int invalid, VerdictState expected)
    {
        PairedTask task = Pairs.Task(1000, 0, 0, 0);
        PairedTask candidateBroken = task with
        {
            Items = [.. task.Items.Select((item, i) => i < invalid ? item with { Candidate = i % 2 == 0 ? double.NaN : 1, CandidateInvalid = i % 2 == 1 } : item)],
        };
        PairedTask denseBroken = task with { Items = [.. task.Items.Select((item, i) => i < invalid ? item with { Dense = double.PositiveInfinity } : item)] };
        foreach (Threshold threshold in new[] { Pairs.Limit("retention", 0.95, "facts"), Pairs.Limit("retention", 0.95), Pairs.Limit("maxForgotten", 0.05) })
        {
            RuleResult rule = Single(candidateBroken, threshold);
            Assert.Equal(expected, rule.State);
            Assert.Equal(expected, Single(denseBroken, threshold).State);
            if (expected == VerdictState.Pass)
                Assert.Equal(10, rule.Forgotten);
            else
                Assert.Equal("GATE2005", rule.Code);
        }
    }

    [Fact]
    public void Scores_outside_the_unit_interval_repeated_ids_and_impossible_chance_are_not_measured()
    {
        Threshold threshold = Pairs.Limit("retention", 0.5, "facts");
        PairedTask task = Pairs.Task(100, 0, 0, 0);
        PairedTask[] broken =
        [
            task with { Items = [.. task.Items.Select(item => item with { Candidate = 1.5 })] },
            task with { Items = [.. task.Items.Select(item => item with { Dense = -1 })] },
            task with { Items = task.Items.Add(task.Items[3]) },
            task with { Items = task.Items.SetItem(0, task.Items[0] with { Chance = 1 }) },
            task with { Items = task.Items.SetItem(0, task.Items[0] with { Chance = double.NaN }) },
        ];
        Assert.All(broken, bad => Assert.Equal(VerdictState.NotMeasured, Single(bad, threshold).State));
    }

    [Fact]
    public void A_threshold_on_a_task_that_was_not_run_is_not_measured()
    {
        RuleResult rule = Single(Pairs.Task(600, 0, 0, 0), Pairs.Limit("retention", 0.9, "lama"));
        Assert.Equal((VerdictState.NotMeasured, "GATE2003"), (rule.State, rule.Code));
        Assert.Contains("lama", rule.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_breach_outranks_what_is_not_measured_and_that_outranks_inconclusive()
    {
        PairedTask[] tasks = [Pairs.Task(300, 200, 10, 490)];
        Threshold breached = Pairs.Limit("retention", 0.95, "facts");
        Threshold missing = Pairs.Limit("perplexityRatio", 1.1);
        Threshold open = Pairs.Limit("maxForgotten", 0.4, "facts");
        Assert.Equal(1, Judge(tasks, [missing, open, breached]).Verdict.ExitCode);
        Assert.Equal(4, Judge(tasks, [missing, open]).Verdict.ExitCode);
        Assert.Equal(3, Judge(tasks, [open]).Verdict.ExitCode);
    }

    [Fact]
    public void Retention_on_the_limit_to_the_last_digit_passes_the_point_rule_and_just_under_fails_it()
    {
        DecisionOptions point = new(Rule: "point", Resamples: 100);
        foreach (int percent in Enumerable.Range(1, 99))
        {
            double limit = percent / 100.0;
            Assert.Equal(VerdictState.Pass, Single(Pairs.Task(percent * 10, 1000 - (percent * 10), 0, 0), Pairs.Limit("retention", limit, "facts"), point).State);
            RuleResult under = Single(Pairs.Task((percent * 10) - 1, 1001 - (percent * 10), 0, 0), Pairs.Limit("retention", limit, "facts"), point);
            Assert.Equal(VerdictState.Fail, under.State);
        }
    }

    [Fact]
    public void A_value_just_under_the_limit_is_not_printed_as_the_limit()
    {
        RuleResult rule = Single(Pairs.Task(94996, 5004, 0, 0), Pairs.Limit("retention", 0.95, "facts"), Quick with { Rule = "point" });
        Assert.Equal(VerdictState.Fail, rule.State);
        Assert.Contains("0.94996", rule.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Perplexity_is_total_likelihood_over_total_tokens_and_its_ratio_is_tested_by_window()
    {
        PairedTask text = Pairs.Perplexity(100, Math.Log(1.10));
        Judgement judgement = Judge([text], [Pairs.Limit("perplexityRatio", 1.15), Pairs.Limit("perplexityRatio", 1.05, "text"), Pairs.Limit("retention", 0.85, "text")]);
        Assert.Equal([VerdictState.Pass, VerdictState.Fail, VerdictState.Pass], judgement.Verdict.Rules.Select(rule => rule.State));
        Assert.InRange(judgement.Verdict.Rules[0].Measured!.Value, 1.095, 1.105);
        TaskStatistics task = judgement.Tasks[0];
        Assert.Equal(Math.Exp(text.Items.Sum(item => item.Dense) / text.Items.Sum(item => item.Weight)), task.DenseScore!.Value, 1e-9);
        Assert.Equal(task.DenseScore!.Value / task.CandidateScore!.Value, task.CorrectedRetention!.Value, 1e-12);
        Assert.False(task.HigherIsBetter);
        Assert.True(task.CorrectedRetention!.Lower <= task.CorrectedRetention!.Value && task.CorrectedRetention!.Value <= task.CorrectedRetention!.Upper);
        Assert.Null(task.Flips);
        Assert.All(judgement.Verdict.Rules, rule => Assert.Equal(((int?)null, (int?)null), (rule.Forgotten, rule.Gained)));
    }

    [Fact]
    public void A_perplexity_that_is_not_finite_is_not_measured()
    {
        PairedTask text = Pairs.Perplexity(50, 0);
        PairedTask broken = text with { Items = text.Items.SetItem(7, text.Items[7] with { Candidate = double.NaN }) };
        RuleResult rule = Single(broken, Pairs.Limit("perplexityRatio", 1.5));
        Assert.Equal(VerdictState.NotMeasured, rule.State);
        Assert.Contains("not finite", rule.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("srcr-product/1", 0.80, 0.25, 4, 0.650)]
    [InlineData("srcr-geo/1", 0.80, 0.25, 4, 0.806)]
    [InlineData("srcr-harmonic/1", 0.80, 0.25, 4, 0.806)]
    [InlineData("srcr-sqrtlog/1", 0.80, 0.25, 4, 0.400)]
    [InlineData("srcr-product/1", 0.62, 0, 3, 0.504)]
    [InlineData("srcr-geo/1", 0.62, 0, 3, 0.710)]
    [InlineData("srcr-harmonic/1", 0.62, 0, 3, 0.703)]
    [InlineData("srcr-sqrtlog/1", 0.62, 0, 3, 0.187)]
    public void SrCr_formulas_have_their_reference_values(string id, double sr, double sparsity, double bits, double expected) =>
        Assert.Equal(expected, SrCrFormulas.Find(id).Value(sr, new CompressionMeasures(0.8125, sparsity, bits)), 5.1e-4);

    [Fact]
    public void SrCr_needs_a_known_compression_and_follows_Sr()
    {
        PairedTask[] tasks = [Pairs.Task(600, 10, 5, 385)];
        Threshold[] thresholds = [Pairs.Limit("retention", 0.95), Pairs.Limit("srcr", 0.95 * 0.8125)];
        Judgement known = Judge(tasks, thresholds);
        Assert.Equal(known.Verdict.Rules[0].State, known.Verdict.Rules[1].State);
        Assert.Equal(0.8125 * known.Suite.SemanticRetention!.Value, known.Suite.SrCr!.Value, 1e-12);
        Assert.Equal(known.Suite.SrCr.Lower, known.Verdict.Rules[1].Measured!.Lower, 1e-6);
        Assert.Equal(VerdictState.NotMeasured, Judge(tasks, thresholds, tcr: null).Verdict.Rules[1].State);
        Assert.Null(Judge(tasks, thresholds, tcr: null).Suite.SrCr);
        Assert.Equal(VerdictState.Fail, Judge(tasks, [Pairs.Limit("srcr", 0.83)]).Verdict.Rules[0].State);
        Assert.Equal(VerdictState.NotMeasured, Judge(tasks, [Pairs.Limit("srcr", 0.1)], Quick with { SrCrFormula = "srcr-sqrtlog/1" }).Verdict.Rules[0].State);
        Assert.Equal("GATE2025", Assert.Throws<GateException>(() => Judge(tasks, thresholds, Quick with { SrCrFormula = "srcr-prod/1" })).Diagnostic.Code);
    }

    [Fact]
    public void Sr_caps_every_task_at_one_so_that_a_gain_cannot_hide_a_loss()
    {
        PairedTask gain = Pairs.Task(500, 0, 100, 400, name: "gain");
        PairedTask loss = Pairs.Task(400, 100, 0, 500, name: "loss");
        SuiteResult suite = Judge([gain, loss], [Pairs.Limit("retention", 0.95)]).Suite;
        Assert.Equal(0.9, suite.SemanticRetention!.Value, 1e-12);
        Assert.Equal(1.0, suite.SemanticRetentionUncapped!.Value, 1e-12);
        SuiteResult weighted = Judge([gain, loss with { SuiteWeight = 3 }], []).Suite;
        Assert.Equal(0.85, weighted.SemanticRetention!.Value, 1e-12);
    }

    [Fact]
    public void What_is_not_defined_is_no_number()
    {
        // At chance there is no retention; one right answer of 1220 is no score to divide by.
        foreach (PairedTask task in new[] { Pairs.Task(70, 60, 60, 310, chance: 0.25), Pairs.Task(0, 1, 30, 1189), Pairs.Task(0, 0, 0, 100) })
        {
            Judgement judgement = Judge([task], [Pairs.Limit("retention", 0.95)]);
            Assert.Equal((null, null), (judgement.Tasks[0].Retention, judgement.Tasks[0].CorrectedRetention));
            Assert.Equal((null, null, null), (judgement.Suite.SemanticRetention, judgement.Suite.SemanticRetentionUncapped, judgement.Suite.SrCr));
            Assert.DoesNotContain("-0.0", string.Join('\n', judgement.Notes.Select(note => note.Message).Append(judgement.Verdict.Summary)), StringComparison.Ordinal);
        }

        Assert.Null(Judge([Pairs.Task(0, 0, 3, 5)], []).Tasks[0].Flips!.ForgottenShare);
        Assert.Null(Judge([Pairs.Task(0, 0, 0, 0)], []).Tasks[0].DenseScore);
        Assert.Equal("0.0000", Gate.Core.Verdicts.Rules.NumberText.Against(-1e-9, 0.5));
    }

    [Fact]
    public void The_upper_bound_of_a_ratio_knows_that_the_dense_score_is_measured_too()
    {
        // 1200 questions, dense 0.055, candidate 0.55: the ratio is 10 exactly.
        PairedTask task = Pairs.Task(60, 6, 600, 534);
        Estimate retention = Judge([task], []).Tasks[0].CorrectedRetention!;
        double[] resampled = new double[2000];
        var random = new Random(11);
        for (int i = 0; i < resampled.Length; i++)
        {
            double before = 0, now = 0;
            for (int draw = 0; draw < task.Items.Length; draw++)
            {
                PairedItem item = task.Items[random.Next(task.Items.Length)];
                (before, now) = (before + item.Dense, now + item.Candidate);
            }

            resampled[i] = now / before;
        }

        Array.Sort(resampled);
        Assert.Equal(10, retention.Value, 1e-9);
        Assert.InRange(retention.Lower, 7, resampled[100] + 0.2);
        Assert.Equal(resampled[1900], retention.Upper, 0.8);
    }

    [Fact]
    public void A_candidate_below_chance_is_floored_at_zero_and_noted()
    {
        Judgement judgement = Judge([Pairs.Task(50, 650, 0, 300, 0.25)], [Pairs.Limit("retention", 0.95, "facts")]);
        Assert.Equal(0, judgement.Tasks[0].CorrectedRetention!.Value);
        Assert.Equal(0, judgement.Tasks[0].CorrectedRetention!.Lower);
        Assert.Contains(judgement.Notes, note => note.Code == "GATE2010");
        Assert.Equal(1, judgement.Verdict.ExitCode);
    }

    [Fact]
    public void Clusters_widen_the_interval_and_never_narrow_it()
    {
        Threshold threshold = Pairs.Limit("retention", 0.95, "facts");
        Estimate alone = Single(Pairs.Task(582, 38, 22, 358), threshold).Measured!;
        foreach (int clusters in new[] { 500, 100, 25, 15, 6 })
        {
            Estimate clustered = Single(Pairs.Task(582, 38, 22, 358, cluster: i => $"c{i % clusters}"), threshold).Measured!;
            Assert.True(clustered.Lower <= alone.Lower && clustered.Upper >= alone.Upper);
        }

        RuleResult few = Single(Pairs.Task(900, 0, 0, 0, cluster: i => $"c{i / 300}"), threshold);
        Assert.Equal(VerdictState.Inconclusive, few.State);
        Assert.Contains("only 3 clusters nothing can be shown: use items from at least 7 clusters", few.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(35, "retention", 0.95, "17 %")]
    [InlineData(35, "maxForgotten", 0.05, "17 %")]
    [InlineData(20, "retention", 0.90, "12 %")]
    [InlineData(59, "retention", 0.95, null)]
    [InlineData(59, "maxForgotten", 0.05, null)]
    [InlineData(29, "retention", 0.90, null)]
    public void A_pass_on_few_clusters_says_how_often_a_loss_that_takes_whole_clusters_goes_unseen(int clusters, string metric, double limit, string? share)
    {
        PairedTask task = Pairs.Task(clusters * 34, 0, 0, 0, cluster: i => $"r{i / 34}");
        Judgement judgement = Judge([task], [Pairs.Limit(metric, limit, "facts")], Quick with { UnseenClusters = "accept" });
        Assert.Equal(VerdictState.Pass, Assert.Single(judgement.Verdict.Rules).State);
        RunNote? note = judgement.Notes.SingleOrDefault(note => note.Code == "GATE2190");
        Assert.Equal(share is null, note is null);
        if (share is not null)
            Assert.Contains($"{clusters} clusters: a loss as large as the limit allows that takes whole clusters would go unseen in about {share} of such samples", note!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_note_on_few_clusters_is_about_passes_of_items_in_clusters_only()
    {
        PairedTask loose = Pairs.Task(1000, 2, 0, 0);
        PairedTask lost = Pairs.Task(660, 20, 0, 0, cluster: i => $"r{i % 20}");
        Assert.DoesNotContain(Judge([loose], [Pairs.Limit("retention", 0.95)]).Notes, note => note.Code == "GATE2190");
        Judgement undecided = Judge([lost], [Pairs.Limit("retention", 0.97)]);
        Assert.NotEqual(VerdictState.Pass, Assert.Single(undecided.Verdict.Rules).State);
        Assert.DoesNotContain(undecided.Notes, note => note.Code == "GATE2190");
        Assert.DoesNotContain(Judge([lost], [Pairs.Limit("retention", 0.9)], Quick with { Rule = "point" }).Notes, note => note.Code == "GATE2190");
        Assert.Contains(Judge([lost], [Pairs.Limit("retention", 0.9)]).Notes, note => note.Code == "GATE2190");
    }

    [Fact]
    public void The_correlation_of_losses_is_measured_within_clusters()
    {
        LossClusters whole = Of(i => i / 10 == 3);
        LossClusters spread = Of(i => i % 10 == 3);
        LossClusters none = Of(_ => false);
        Assert.Equal(1, whole.Correlation, 1e-9);
        Assert.Equal(0, spread.Correlation);
        Assert.Equal(0, none.Correlation);
        Assert.Equal(20, whole.Effective, 1e-9);
        Assert.Equal(Math.Pow(0.9, 20), whole.Unseen(0.9), 1e-9);

        static LossClusters Of(Func<int, bool> lost) => LossClusters.Of(
            [(TaskSample.From(new PairedTask("facts", false, 1, [.. Enumerable.Range(0, 200).Select(i => Pairs.Item($"q{i:D3}", 1, lost(i) ? 0 : 1, cluster: $"{i / 10}"))]), 0), 1)])!;
    }

    [Fact]
    public void Graded_scores_have_retention_but_no_flips()
    {
        var random = new Random(5);
        PairedTask graded = new("f1", false, 1,
            [.. Enumerable.Range(0, 400).Select(i => random.NextDouble() is var score ? Pairs.Item($"g{i}", score, score * 0.99) : null!)]);
        Judgement judgement = Judge([graded], [Pairs.Limit("retention", 0.95, "f1"), Pairs.Limit("maxForgotten", 0.1, "f1"), Pairs.Limit("maxForgotten", 0.1)]);
        Assert.Null(judgement.Tasks[0].Flips);
        Assert.Equal([VerdictState.Pass, VerdictState.NotMeasured, VerdictState.NotMeasured], judgement.Verdict.Rules.Select(rule => rule.State));
    }

    [Fact]
    public void Rules_that_are_shown_to_hold_do_not_dilute_the_failure_of_another()
    {
        PairedTask task = Pairs.Task(560, 60, 20, 360);
        Threshold[] one = [Pairs.Limit("retention", 0.962, "facts")];
        Threshold[] many = [.. one, .. Enumerable.Range(0, 19).Select(i => Pairs.Limit("maxForgotten", 0.3 + (0.001 * i), "facts"))];
        Assert.Equal((VerdictState.Fail, 1), (Judge([task], one).Verdict.Rules[0].State, Judge([task], one).Verdict.ExitCode));
        foreach (string onInconclusive in new[] { "fail", "warn" })
            Assert.Equal((VerdictState.Fail, 1), (Judge([task], many, Quick with { OnInconclusive = onInconclusive }).Verdict.Rules[0].State, Judge([task], many).Verdict.ExitCode));
    }

    [Fact]
    public void Further_limits_on_one_number_and_copies_of_a_task_do_not_dilute_a_failure()
    {
        PairedTask task = Pairs.Task(560, 60, 20, 360);
        Threshold breached = Pairs.Limit("retention", 0.962, "facts");

        // Limits that are neither shown to hold nor to be missed: of the suite, of SrCr, and of a copy under another name.
        PairedTask copy = task with { Name = "copy", Items = [.. task.Items.Select(item => item with { Cluster = $"like {item.Id}" })] };
        PairedTask original = task with { Items = [.. task.Items.Select(item => item with { Cluster = $"like {item.Id}" })] };
        Threshold[] same = [breached, Pairs.Limit("retention", 0.93), Pairs.Limit("srcr", 0.93 * 0.8125), Pairs.Limit("retention", 0.93, "facts")];
        Verdict alone = Judge([task], same).Verdict;
        Assert.Equal([VerdictState.Fail, VerdictState.Inconclusive, VerdictState.Inconclusive, VerdictState.Inconclusive], alone.Rules.Select(rule => rule.State));
        Verdict copied = Judge([original, copy], [breached, Pairs.Limit("retention", 0.93, "copy")]).Verdict;
        Assert.Equal([VerdictState.Fail, VerdictState.Inconclusive], copied.Rules.Select(rule => rule.State));
    }

    [Fact]
    public void A_breach_that_shows_alone_but_not_among_several_in_doubt_is_inconclusive_and_never_waved_through()
    {
        PairedTask[] tasks = [Pairs.Task(560, 60, 20, 360), .. Enumerable.Range(0, 19).Select(i => Pairs.Task(582, 38 + i, 22, 358, name: $"t{i}"))];
        Threshold[] thresholds = [Pairs.Limit("retention", 0.962, "facts"), .. Enumerable.Range(0, 19).Select(i => Pairs.Limit("retention", 0.97 - (0.0016 * i), $"t{i}"))];
        Verdict warned = Judge(tasks, thresholds, Quick with { OnInconclusive = "warn" }).Verdict;
        RuleResult among = warned.Rules[0];
        Assert.Equal((VerdictState.Inconclusive, "GATE2007"), (among.State, among.Code));
        Assert.Contains("not among 20 rules that are not shown to hold (Holm)", among.Reason, StringComparison.Ordinal);
        Assert.Equal((VerdictState.Inconclusive, 3), (warned.State, warned.ExitCode));
        Assert.Contains("not waved through", warned.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void The_fewest_clusters_that_can_show_a_retention_are_said_and_are_enough(int clusters)
    {
        RuleResult rule = Single(Pairs.Task(clusters * 50, 0, 0, 0, cluster: i => $"c{i / 50}"), Pairs.Limit("retention", 0.5, "facts"));
        Assert.Equal(clusters >= 7 ? VerdictState.Pass : VerdictState.Inconclusive, rule.State);
        if (clusters < 7)
        {
            Assert.Contains($"With only {clusters} clusters nothing can be shown: use items from at least 7 clusters", rule.Reason, StringComparison.Ordinal);
            Assert.Equal((7 - clusters) * 50, rule.MoreItemsToDecide);
        }
    }

    [Theory]
    [InlineData(29, VerdictState.Inconclusive, 3)]
    [InlineData(30, VerdictState.Pass, 0)]
    public void The_point_rule_passes_on_no_fewer_than_thirty_items_and_says_what_it_does_not_claim(int items, VerdictState expected, int exitCode)
    {
        DecisionOptions point = Quick with { Rule = "point" };
        Judgement judgement = Judge([Pairs.Task(items, 0, 0, 0)], [Pairs.Limit("retention", 0.95, "facts")], point);
        Assert.Equal((expected, exitCode), (judgement.Verdict.Rules[0].State, judgement.Verdict.ExitCode));
        Assert.Equal(expected == VerdictState.Pass, judgement.Notes.Any(note => note.Code == "GATE2191"));
        if (expected == VerdictState.Inconclusive)
            Assert.Equal(("GATE2008", 1), (judgement.Verdict.Rules[0].Code, judgement.Verdict.Rules[0].MoreItemsToDecide));
        Assert.Equal(VerdictState.Fail, Judge([Pairs.Task(5, 3, 0, 0)], [Pairs.Limit("retention", 0.95, "facts")], point).Verdict.State);
    }

    [Theory]
    [InlineData(35, 0.05, 0)]
    [InlineData(35, 0.10, 2)]
    [InlineData(20, 0.10, 0)]
    public void A_limit_on_forgetting_in_few_clusters_passes_only_when_it_is_accepted_that_some_may_be_lost_unseen(int clusters, double limit, int lostOfEach)
    {
        PairedTask task = Pairs.Task(clusters * 34, 0, 0, 0, cluster: i => $"r{i / 34}");
        task = task with { Items = [.. task.Items.Select((item, i) => i % 34 < lostOfEach ? item with { Candidate = 0 } : item)] };
        RuleResult refused = Single(task, Pairs.Limit("maxForgotten", limit, "facts"));
        Assert.Equal((VerdictState.Inconclusive, "GATE2012"), (refused.State, refused.Code));
        Assert.True(refused.Measured!.Upper > limit);
        Assert.Contains("decision.unseenClusters", refused.Reason, StringComparison.Ordinal);
        Assert.True(refused.MoreItemsToDecide > 34);
        Assert.Equal(VerdictState.Pass, Single(task, Pairs.Limit("maxForgotten", limit, "facts"), Quick with { UnseenClusters = "accept" }).State);
    }

    [Fact]
    public void A_task_that_asks_the_same_clusters_as_another_adds_none()
    {
        PairedTask[] tasks = [.. Enumerable.Range(0, 3).Select(i => Pairs.Task(40, 0, 0, 0, name: $"t{i}", cluster: item => $"r{item / 10}"))];
        RuleResult sr = VerdictEngine.Judge(tasks, [Pairs.Limit("retention", 0.8)], Quick, 0.8).Verdict.Rules[0];
        Assert.Equal(VerdictState.Inconclusive, sr.State);
        Assert.Contains("120 items in 4 clusters", sr.Reason, StringComparison.Ordinal);
        Assert.Contains("With only 4 clusters nothing can be shown", sr.Reason, StringComparison.Ordinal);
        RuleResult forgotten = VerdictEngine.Judge(tasks, [Pairs.Limit("maxForgotten", 0.2)], Quick with { UnseenClusters = "accept" }, 0.8).Verdict.Rules[0];
        Assert.Equal(VerdictState.Inconclusive, forgotten.State);
    }

    [Fact]
    public void Groups_come_largest_loss_first()
    {
        PairedTask task = Pairs.Task(0, 0, 0, 0) with
        {
            Items =
            [
                Pairs.Item("1", 1, 1, group: "born in"), Pairs.Item("2", 1, 1, group: "born in"), Pairs.Item("3", 1, 0, group: "capital of"),
                Pairs.Item("4", 1, 1, group: "capital of"), Pairs.Item("5", 0, 1, group: null),
            ],
        };
        ImmutableArray<GroupResult> groups = Judge([task], []).Tasks[0].Groups;
        Assert.Equal(["capital of", "born in", "(none)"], groups.Select(group => group.Name));
        Assert.Equal(new GroupResult("capital of", 2, 1, 0.5, 1, 0), groups[0]);
    }

    [Fact]
    public void Item_order_and_thread_count_change_nothing()
    {
        var random = new Random(3);
        PairedTask task = Pairs.Task(300, 40, 20, 140, 0.2, cluster: i => i % 3 == 0 ? $"c{i / 20}" : null);
        PairedTask shuffled = task with { Items = [.. task.Items.OrderBy(_ => random.Next())] };
        Threshold[] thresholds = [Pairs.Limit("retention", 0.9), Pairs.Limit("retention", 0.9, "facts"), Pairs.Limit("maxForgotten", 0.2)];
        Judgement first = Judge([task], thresholds);
        Judgement second = Judge([shuffled], thresholds);
        Assert.Equal(first.Suite.SemanticRetention, second.Suite.SemanticRetention);
        Assert.Equal(first.Verdict.Rules.Select(rule => rule.Measured), second.Verdict.Rules.Select(rule => rule.Measured));
        Assert.Equal(first.Verdict.Rules.Select(rule => rule.Reason), second.Verdict.Rules.Select(rule => rule.Reason));
    }
}
