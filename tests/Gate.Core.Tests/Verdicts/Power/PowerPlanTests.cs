using System.Collections.Immutable;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Core.Verdicts.Power;
using Gate.Core.Verdicts.SrCr;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Tests.Verdicts.Power;

public sealed class PowerPlanTests
{
    private static readonly DecisionOptions Options = new();

    [Theory]
    [InlineData(0.7, 243, 483, 722)]
    [InlineData(0.5, 477, 946, 1416)]
    [InlineData(0.3, 1320, 2625, 3931)]
    public void Items_to_show_retention_of_a_loss_free_model_agree_with_the_reference(double dense, int five, int ten, int fifteen)
    {
        Assert.Equal(five, SampleSize.ForRetention(dense, 0, 0.05, 0.95, 0.05, 0.8), 1.0);
        Assert.Equal(ten, SampleSize.ForRetention(dense, 0, 0.10, 0.95, 0.05, 0.8), 1.0);
        Assert.Equal(fifteen, SampleSize.ForRetention(dense, 0, 0.15, 0.95, 0.05, 0.8), 1.0);
    }

    [Theory]
    [InlineData(0.02, 0.01, 1237, 1713)]
    [InlineData(0.05, 0.02, 773, 1071)]
    [InlineData(0.10, 0.03, 687, 952)]
    [InlineData(0.20, 0.05, 495, 686)]
    public void Items_for_a_margin_agree_with_the_reference_table(double flips, double margin, int eighty, int ninety)
    {
        Assert.Equal(eighty, Math.Ceiling(SampleSize.ForMargin(flips, margin, 0.05, 0.8)));
        Assert.Equal(ninety, Math.Ceiling(SampleSize.ForMargin(flips, margin, 0.05, 0.9)));
    }

    // Clusters as even as they come, which no other task shares unless they are given a name.
    private static PlannedTask Planned(
        string name, bool isPerplexity, int items, int clusters, double chance, double? dense = null, double? flips = null, string? shared = null) => new(
        name, isPerplexity, Enumerable.Range(0, items).CountBy(i => $"{shared ?? name} {i % clusters}").ToImmutableDictionary(), chance, dense, flips);

    private static PowerForecast Forecast(PlannedTask task, Threshold threshold, CompressionMeasures? size = null) =>
        Assert.Single(PowerPlan.Forecast([task], [threshold], Options, size));

    [Theory]
    [InlineData(300)]
    [InlineData(500)]
    [InlineData(1000)]
    public void The_forecast_agrees_with_what_happens(int items)
    {
        PowerForecast forecast = Forecast(Planned("facts", false, items, items, 0, 0.6, 0.08), Pairs.Limit("retention", 0.95, "facts"));
        OutcomeSimulator truth = new();
        double passed = Enumerable.Range(0, 1000).Count(run => truth.Rule(items, 77, run, 0.95).Above <= 0.05) / 1000.0;

        // The normal approximation is up to seven points too hopeful at 300 items.
        Assert.Equal(passed, forecast.Power, 0.07);
    }

    [Theory]
    [InlineData(400, 8)]
    [InlineData(500, 500)]
    [InlineData(1000, 1000)]
    public void What_early_looks_may_use_of_the_error_probability_is_missing_from_the_power(int items, int clusters)
    {
        PlannedTask task = Planned("facts", false, items, clusters, 0, 0.6, 0.08);
        Threshold limit = Pairs.Limit("retention", 0.95, "facts");
        PowerForecast atTheEnd = Assert.Single(PowerPlan.Forecast([task], [limit], Options));
        PowerForecast watched = Assert.Single(PowerPlan.Forecast([task], [limit], Options, early: new EarlyStoppingOptions()));
        PowerForecast stricter = Assert.Single(PowerPlan.Forecast([task], [limit], Options with { Confidence = 0.96 }));
        Assert.Equal(stricter.Power, watched.Power, 1e-12);
        Assert.Equal(stricter.ItemsNeeded, watched.ItemsNeeded);
        Assert.True(watched.ItemsNeeded > atTheEnd.ItemsNeeded);
        Assert.True(watched.Power <= atTheEnd.Power);
    }

    [Fact]
    public void The_forecast_of_items_in_few_clusters_says_what_no_number_of_items_can_rule_out()
    {
        string few = Forecast(Planned("facts", false, 1190, 35, 0), Pairs.Limit("retention", 0.95, "facts")).Sentence;
        Assert.EndsWith("in 35 clusters a loss that takes whole clusters may go unseen in 17 % of samples", few, StringComparison.Ordinal);
        Assert.Contains("17 %", Assert.Single(PowerPlan.Forecast(
            [Planned("facts", false, 1190, 35, 0)], [Pairs.Limit("maxForgotten", 0.05, "facts")], Options with { UnseenClusters = "accept" })).Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("cluster", Forecast(Planned("facts", false, 1190, 59, 0), Pairs.Limit("retention", 0.95, "facts")).Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("cluster", Forecast(Planned("facts", false, 50, 50, 0), Pairs.Limit("retention", 0.95, "facts")).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Chance_makes_the_margin_smaller_and_the_suite_larger()
    {
        PowerForecast free = Forecast(Planned("t", false, 500, 500, 0, 0.6, 0.10), Pairs.Limit("retention", 0.95, "t"));
        PowerForecast choices = Forecast(Planned("t", false, 500, 500, 0.25, 0.6, 0.10), Pairs.Limit("retention", 0.95, "t"));
        Assert.InRange(choices.ItemsNeeded!.Value, 1900, 2100);
        Assert.True(free.ItemsNeeded < choices.ItemsNeeded && free.Power > choices.Power);
        Assert.True(free.CanResolve);
        Assert.False(choices.CanResolve);
        Assert.Contains("about", choices.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_known_items_cannot_resolve_a_limit_even_without_any_flip()
    {
        PowerForecast short65 = Forecast(Planned("t", false, 65, 65, 0, 1, 0), Pairs.Limit("retention", 0.95, "t"));
        Assert.Equal(0, short65.Power);
        Assert.False(short65.CanResolve);
        Assert.True(short65.ItemsNeeded >= 66);
        Assert.True(Forecast(Planned("t", false, 66, 66, 0, 1, 0), Pairs.Limit("retention", 0.95, "t")).CanResolve);
        Assert.False(Forecast(Planned("t", false, 58, 58, 0, 1, 0), Pairs.Limit("maxForgotten", 0.05, "t")).CanResolve);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.98)]
    [InlineData(0.3)]
    public void A_limit_on_forgetting_is_planned_for_a_candidate_that_uses_half_of_it_whatever_the_dense_score(double? dense)
    {
        PowerForecast forecast = Forecast(Planned("t", false, 2000, 2000, 0, dense), Pairs.Limit("maxForgotten", 0.07, "t"));
        Assert.True(forecast.CanResolve, forecast.Sentence);
        Assert.InRange(forecast.ItemsNeeded!.Value, 300, 1200);
        Assert.Contains("forgets half of that", forecast.Sentence, StringComparison.Ordinal);

        // 600 known items, 3.5 % of them forgotten: Clopper-Pearson shows "below 7 %" about as often as the plan says.
        int known = (int)(600 * (dense ?? 0.5));
        double passed = Enumerable.Range(0, 4000).Count(run =>
        {
            Random random = new(run);
            int lost = Enumerable.Range(0, known).Count(_ => random.NextDouble() < 0.035);
            return BinomialDistribution.AtMost(lost, known, 0.07) <= 0.05;
        }) / 4000.0;
        PowerForecast planned = Forecast(Planned("t", false, 600, 600, 0, dense), Pairs.Limit("maxForgotten", 0.07, "t"));
        Assert.Equal(passed, planned.Power, 0.12);
    }

    [Fact]
    public void A_threshold_whose_compression_is_not_known_yet_is_not_planned_rather_than_undecidable()
    {
        PowerForecast forecast = Forecast(Planned("facts", false, 1000, 1000, 0, 0.6), Pairs.Limit("srcr", 0.7));
        Assert.False(forecast.IsPlanned);
        Assert.StartsWith("not planned", forecast.Outlook, StringComparison.Ordinal);
    }

    [Fact]
    public void Clusters_cost_power_and_so_few_that_no_answers_could_show_a_limit_are_told_with_the_number_that_could()
    {
        PowerForecast alone = Forecast(Planned("t", false, 1000, 1000, 0, 0.6), Pairs.Limit("retention", 0.95, "t"));
        PowerForecast clustered = Forecast(Planned("t", false, 1000, 50, 0, 0.6), Pairs.Limit("retention", 0.95, "t"));
        Assert.True(clustered.Power < alone.Power);
        foreach (int few in new[] { 4, 5, 6 })
        {
            PowerForecast none = Forecast(Planned("t", false, 4200, few, 0, 0.6, 0.01), Pairs.Limit("retention", 0.5, "t"));
            Assert.Equal((0.0, null, false), (none.Power, none.ItemsNeeded, none.CanResolve));
            Assert.Contains("7 are the fewest that can", none.Sentence, StringComparison.Ordinal);
        }

        Assert.True(Forecast(Planned("t", false, 4200, 7, 0, 0.6, 0.01), Pairs.Limit("retention", 0.3, "t")).CanResolve);
        Assert.Contains("5 are the fewest", Forecast(Planned("text", true, 400, 4, 0), Pairs.Limit("perplexityRatio", 1.2, "text")).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_threshold_has_a_forecast_and_what_cannot_be_planned_says_why()
    {
        PlannedTask[] tasks = [Planned("facts", false, 1000, 1000, 0, 0.6), Planned("text", true, 200, 200, 0)];
        Threshold[] thresholds =
        [
            Pairs.Limit("retention", 0.95), Pairs.Limit("srcr", 0.7), Pairs.Limit("maxForgotten", 0.1), Pairs.Limit("perplexityRatio", 1.1),
            Pairs.Limit("retention", 0.9, "missing"), Pairs.Limit("retention", 1), Pairs.Limit("perplexityRatio", 1),
        ];
        ImmutableArray<PowerForecast> forecasts = PowerPlan.Forecast(tasks, thresholds, Options, new CompressionMeasures(0.8125));
        Assert.Equal(thresholds.Select(threshold => threshold.Key), forecasts.Select(forecast => forecast.Key));
        Assert.Equal([true, true, true, true, false, false, false], forecasts.Select(forecast => forecast.CanResolve));
        Assert.Null(forecasts[5].ItemsNeeded);
        Assert.False(PowerPlan.Forecast(tasks, [thresholds[1]], Options)[0].CanResolve);
        Assert.False(PowerPlan.Forecast(tasks, [Pairs.Limit("srcr", 0.82)], Options, new CompressionMeasures(0.8125))[0].CanResolve);
        Assert.All(PowerPlan.Forecast(tasks, thresholds, Options with { Rule = "point" }, new CompressionMeasures(0.8125)).Where(f => f.Items > 0), f => Assert.True(f.CanResolve));
    }

    [Fact]
    public void Tasks_about_the_same_relations_have_less_power_together_than_tasks_about_others()
    {
        PlannedTask[] apart = [.. Enumerable.Range(0, 3).Select(i => Planned($"t{i}", false, 1190, 35, 0, 0.9))];
        PlannedTask[] same = [.. Enumerable.Range(0, 3).Select(i => Planned($"t{i}", false, 1190, 35, 0, 0.9, shared: "P"))];
        Threshold limit = Pairs.Limit("retention", 0.97);
        PowerForecast one = Forecast(apart[0], limit), three = Assert.Single(PowerPlan.Forecast(apart, [limit], Options)), shared = Assert.Single(PowerPlan.Forecast(same, [limit], Options));
        Assert.InRange(shared.Power, one.Power, three.Power - 0.02);
        Assert.InRange(shared.ItemsNeeded!.Value, three.ItemsNeeded!.Value * 1.5, three.ItemsNeeded.Value * 4);
    }

    [Theory]
    [InlineData(35, 0.1, false)]
    [InlineData(55, 0.1, false)]
    [InlineData(56, 0.1, true)]
    [InlineData(35, 0.17, true)]
    public void A_limit_on_forgetting_that_whole_clusters_lost_unseen_would_break_is_told_before_the_run(int clusters, double limit, bool can)
    {
        PlannedTask task = Planned("t", false, clusters * 34, clusters, 0, 0.9);
        PowerForecast forecast = Forecast(task, Pairs.Limit("maxForgotten", limit, "t"));
        Assert.Equal(can, forecast.CanResolve);
        if (!can)
            Assert.Contains("56 clusters of one size would, or decision.unseenClusters \"accept\"", forecast.Sentence, StringComparison.Ordinal);
        Assert.True(Assert.Single(PowerPlan.Forecast([task], [Pairs.Limit("maxForgotten", limit, "t")], Options with { UnseenClusters = "accept" })).Power > 0.4);
    }
}
