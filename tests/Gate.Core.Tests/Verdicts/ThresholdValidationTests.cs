using Gate.Core.Verdicts;
using Gate.Diagnostics;

namespace Gate.Core.Tests.Verdicts;

public sealed class ThresholdValidationTests
{
    private static readonly string[] Tasks = ["lama", "factoid-qa", "perplexity"];

    private static Diagnostic Only(params Threshold[] thresholds) => Assert.Single(ThresholdValidation.Check(thresholds, Tasks));

    [Fact]
    public void Sensible_thresholds_have_no_errors() => Assert.Empty(ThresholdValidation.Check(
        [
            Pairs.Limit("retention", 0.95), Pairs.Limit("srcr", 0.72), Pairs.Limit("maxForgotten", 0.1), Pairs.Limit("perplexityRatio", 1.15),
            Pairs.Limit("retention", 1, "lama"), Pairs.Limit("maxForgotten", 0.05, "factoid-qa"), Pairs.Limit("perplexityRatio", 1, "perplexity"),
        ],
        Tasks));

    [Theory]
    [InlineData("retention", 95, "0.95")]
    [InlineData("srcr", 72, "0.72")]
    [InlineData("maxForgotten", 5, "0.05")]
    public void Per_cent_written_as_a_number_is_refused_with_the_right_spelling(string metric, double limit, string suggestion)
    {
        Threshold threshold = Pairs.Limit(metric, limit) with { Location = new SourceLocation("gate.json", 12, 5) };
        Diagnostic problem = ThresholdValidation.Check([threshold, Pairs.Limit("retention", 0.9, "lama")], Tasks)[0];
        Assert.Equal("GATE2020", problem.Code);
        Assert.Contains(suggestion, problem.Remedy, StringComparison.Ordinal);
        Assert.StartsWith("gate.json(12,5): error GATE2020", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retention", 0)]
    [InlineData("retention", -0.1)]
    [InlineData("retention", 1.0000001)]
    [InlineData("retention", double.NaN)]
    [InlineData("retention", double.PositiveInfinity)]
    [InlineData("maxForgotten", 0)]
    [InlineData("maxForgotten", 1)]
    [InlineData("maxForgotten", double.NaN)]
    [InlineData("perplexityRatio", 0.99)]
    [InlineData("perplexityRatio", double.NaN)]
    [InlineData("perplexityRatio", double.PositiveInfinity)]
    public void Limits_out_of_range_are_refused(string metric, double limit) => Assert.Equal("GATE2020", Only(Pairs.Limit(metric, limit)).Code);

    [Fact]
    public void Nothing_forgotten_at_all_may_be_asked_of_the_point_rule_only()
    {
        Threshold[] thresholds = [Pairs.Limit("maxForgotten", 0)];
        Assert.Empty(ThresholdValidation.Check(thresholds, Tasks, new DecisionOptions(Rule: "point")));
        Assert.Single(ThresholdValidation.Check(thresholds, Tasks));
    }

    [Fact]
    public void Unknown_metrics_and_tasks_name_the_nearest()
    {
        Diagnostic metric = Only(Pairs.Limit("retension", 0.95));
        Assert.Equal("GATE2021", metric.Code);
        Assert.Contains("'retention'", metric.Remedy, StringComparison.Ordinal);
        Diagnostic task = Only(Pairs.Limit("retention", 0.95, "factoid-q"));
        Assert.Equal("GATE2022", task.Code);
        Assert.Contains("'factoid-qa'", task.Remedy, StringComparison.Ordinal);
        Assert.Equal("GATE2021", Only(Pairs.Limit("srcr", 0.95, "lama")).Code);
    }

    [Fact]
    public void A_threshold_given_twice_is_refused() => Assert.Equal("GATE2023", Only(Pairs.Limit("retention", 0.95), Pairs.Limit("retention", 0.9)).Code);

    [Fact]
    public void SrCr_without_a_retention_floor_is_refused()
    {
        Assert.Equal("GATE2024", Only(Pairs.Limit("srcr", 0.7)).Code);
        Assert.Equal("GATE2024", Only(Pairs.Limit("srcr", 0.7), Pairs.Limit("maxForgotten", 0.1)).Code);
        Assert.Empty(ThresholdValidation.Check([Pairs.Limit("srcr", 0.7), Pairs.Limit("retention", 0.9, "lama")], Tasks));
    }

    [Fact]
    public void Decision_options_out_of_range_are_refused_by_check_and_by_the_engine()
    {
        DecisionOptions sound = new();
        DecisionOptions[] broken =
        [
            sound with { Rule = "confident" }, sound with { OnInconclusive = "pass" }, sound with { Confidence = 95 }, sound with { Confidence = double.NaN },
            sound with { Confidence = 0.5 }, sound with { Confidence = 1 }, sound with { MaximumInvalidShare = -0.1 }, sound with { MaximumInvalidShare = 1 },
            sound with { GateableMargin = double.NaN }, sound with { Resamples = 10 }, sound with { SrCrFormula = "srcr" },
        ];
        foreach (DecisionOptions options in broken)
        {
            Diagnostic problem = Assert.Single(ThresholdValidation.Check([], Tasks, options));
            GateException thrown = Assert.Throws<GateException>(() => VerdictEngine.Judge([], [], options, 0.5));
            Assert.Equal(problem, thrown.Diagnostic);
            Assert.Equal(ExitCode.InvalidUsage, thrown.ExitCode);
        }
    }

    [Fact]
    public void Every_code_of_the_verdict_is_in_the_catalogue()
    {
        foreach (string code in new[] { "2001", "2002", "2003", "2004", "2005", "2006", "2007", "2010", "2011", "2020", "2021", "2022", "2023", "2024", "2025" })
            Assert.NotNull(DiagnosticCatalogue.Find("GATE" + code));
    }
}
