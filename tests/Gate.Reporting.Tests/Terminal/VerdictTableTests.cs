using Gate.Reporting.Html;
using Gate.Reporting.Markdown;
using Gate.Reporting.Terminal;
using Gate.Results;
using Gate.Tests.Samples;

namespace Gate.Reporting.Tests.Terminal;

public sealed class VerdictTableTests
{
    [Fact]
    public void Complaint_01_every_rule_has_value_interval_limit_and_state_also_when_it_passes()
    {
        VerdictTable table = VerdictTable.Of(SampleResults.Pass);
        Assert.Equal(SampleResults.Pass.Verdict.Rules.Length, table.Rules.Length);
        Assert.Equal(["thresholds.retention", "0.990", "[0.974, 1.005]", "≥ 0.950", "pass", "2000", "147", "21"], table.Rules[0]);
        Assert.Empty(table.Reasons);
        Assert.Equal("pass: knowledge retained: all 3 rules hold", table.FinalLine);
    }

    [Fact]
    public void Complaint_08_a_metric_that_was_not_measured_is_never_shown_as_a_number_or_a_pass()
    {
        VerdictTable table = VerdictTable.Of(SampleResults.NotMeasured);
        Assert.Equal(["n/a", "n/a", "≥ 0.950", "not measured"], table.Rules[0].AsSpan(1, 4));
        Assert.Equal(
            "gate.json(12,5): error GATE2003: retention could not be measured: no task is clearly above chance", Assert.Single(table.Reasons));
    }

    [Fact]
    public void Complaint_02_the_scope_of_a_rule_is_in_its_name()
    {
        VerdictTable table = VerdictTable.Of(SampleResults.Fail);
        Assert.Equal("thresholds.retention", table.Rules[0][0]);
        Assert.Equal("thresholds.tasks.factoid-qa.retention", table.Rules[2][0]);
    }

    [Fact]
    public void A_rule_without_right_and_wrong_answers_shows_no_flips_in_any_report()
    {
        GateResults results = SampleResults.Pass with
        {
            Verdict = SampleResults.Pass.Verdict with { Rules = [SampleResults.Pass.Verdict.Rules[0] with { Metric = "perplexityRatio", Forgotten = null, Gained = null }] },
        };
        Assert.Equal(["2000", "n/a", "n/a"], VerdictTable.Of(results).Rules[0][5..]);
        Assert.Contains("| 2000 | n/a | n/a |", MarkdownReport.Render(results), StringComparison.Ordinal);
        Assert.Contains("2,000 items · gate.json:12", HtmlReport.Render(results), StringComparison.Ordinal);
        Assert.Null(ResultsJson.Read(ResultsJson.Write(results)).Verdict.Rules[0].Forgotten);
    }

    [Fact]
    public void Every_row_fits_its_heads_and_no_text_commands_the_log()
    {
        VerdictTable table = VerdictTable.Of(SampleResults.Hostile(HostileText.Everything));
        Assert.All(table.Rules, row => Assert.Equal(table.RuleColumns.Length, row.Length));
        Assert.All(table.Tasks, row => Assert.Equal(table.TaskColumns.Length, row.Length));
        string[] all = [.. table.Rules.SelectMany(row => row), .. table.Tasks.SelectMany(row => row), .. table.Reasons, table.FinalLine, .. table.Sizes.Select(s => s.Value)];
        Assert.All(all, text =>
        {
            Assert.DoesNotContain("::", text, StringComparison.Ordinal);
            Assert.DoesNotContain("##", text, StringComparison.Ordinal);
            Assert.DoesNotContain(text, char.IsControl);
        });
    }
}
