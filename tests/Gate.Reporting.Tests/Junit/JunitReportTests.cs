using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Gate.Reporting.Junit;
using Gate.Results;
using Gate.Tests.Samples;

namespace Gate.Reporting.Tests.Junit;

public sealed class JunitReportTests
{
    [Fact]
    public void A_breached_run_has_one_case_per_rule_by_scope()
    {
        XElement root = JunitRules.Check(JunitReport.Render(SampleResults.Fail));
        Assert.Equal(
            [
                "gate.overall/retention failure gate.json:12", "gate.overall/srcr  gate.json:9",
                "gate.task.factoid-qa/retention failure gate.json:20", "gate.task.lama-cloze/maxForgotten skipped gate.json:21",
            ],
            root.Descendants("testcase").Select(c =>
                $"{c.Attribute("classname")!.Value}/{c.Attribute("name")!.Value} {c.Elements().SingleOrDefault()?.Name} "
                + $"{c.Attribute("file")!.Value}:{c.Attribute("line")!.Value}"));
        Assert.Equal("43.750", root.Attribute("time")!.Value);
        Assert.Equal("GATE2001", root.Descendants("failure").First().Attribute("type")!.Value);
    }

    [Fact]
    public void The_failure_lists_the_worst_twenty_forgotten_questions_of_its_scope()
    {
        XElement root = JunitRules.Check(JunitReport.Render(SampleResults.Fail));
        string[] overall = root.Descendants("failure").First().Value.Split('\n');
        Assert.Equal(20, overall.Count(line => line.StartsWith("- [", StringComparison.Ordinal)));
        Assert.Contains("rule thresholds.retention at gate.json:12", overall);
        string[] task = root.Descendants("failure").Last().Value.Split('\n');
        Assert.All(task.Where(line => line.StartsWith("- [", StringComparison.Ordinal)), line => Assert.StartsWith("- [factoid-qa ", line));
        Assert.Equal(13, task.Count(line => line.StartsWith("- [", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_rule_that_could_not_be_measured_is_an_error()
    {
        XElement root = JunitRules.Check(JunitReport.Render(SampleResults.NotMeasured));
        Assert.Equal("retention", root.Descendants("error").Single().Parent!.Attribute("name")!.Value);
    }

    [Fact]
    public void An_undecided_run_that_fails_is_not_all_green()
    {
        XElement root = JunitRules.Check(JunitReport.Render(SampleResults.Inconclusive));
        Assert.Equal(2, root.Descendants("skipped").Count());
        Assert.Equal("gate decided", root.Descendants("error").Single().Parent!.Attribute("name")!.Value);
        GateResults warned = SampleResults.Inconclusive with { Verdict = SampleResults.Inconclusive.Verdict with { ExitCode = 0 } };
        XElement green = JunitRules.Check(JunitReport.Render(warned));
        Assert.Equal(3, green.Descendants("testcase").Count());
        Assert.Empty(green.Descendants("error"));
    }

    [Fact]
    public void When_nothing_ran_one_case_says_so()
    {
        XElement root = JunitRules.Check(JunitReport.RenderNothingRan(
            "GATE3001", "models/x: not a folder\n::error::y", "0.1.0", "2026-01-31T10:15:00", "gate.json"));
        XElement error = root.Descendants("error").Single();
        Assert.Equal("gate ran", error.Parent!.Attribute("name")!.Value);
        Assert.Equal("GATE3001", error.Attribute("type")!.Value);
    }

    [Fact]
    public void Without_rules_the_case_gate_ran_follows_the_verdict()
    {
        XElement passed = JunitRules.Check(JunitReport.Render(SampleResults.Pass with { Verdict = new Verdict(VerdictState.Pass, 0, "no rules", []) }));
        Assert.Empty(passed.Descendants("testcase").Single().Elements());
        XElement failed = JunitRules.Check(
            JunitReport.Render(SampleResults.Pass with { Verdict = new Verdict(VerdictState.NotMeasured, 4, "nothing measured", []) }));
        Assert.Single(failed.Descendants("error"));
    }

    [Fact]
    public void Two_rules_with_one_metric_in_one_scope_have_two_names()
    {
        RuleResult rule = SampleResults.Fail.Verdict.Rules[0];
        GateResults results = SampleResults.Fail with { Verdict = SampleResults.Fail.Verdict with { Rules = [rule, rule, rule] } };
        Assert.Equal(3, JunitRules.Check(JunitReport.Render(results)).Descendants("testcase").Count());
    }

    [Fact]
    public void A_name_does_not_change_with_the_limit_or_the_value()
    {
        GateResults moved = SampleResults.Fail with
        {
            Verdict = SampleResults.Fail.Verdict with
            {
                Rules = [.. SampleResults.Fail.Verdict.Rules.Select(rule => rule with { Limit = 0.123, Measured = new Estimate(0.2, 0.1, 0.3) })],
            },
        };
        Assert.Equal(Names(SampleResults.Fail), Names(moved));
    }

    [Fact]
    public void Hostile_text_never_breaks_the_file() =>
        Prop.ForAll<string>(text => JunitRules.Check(JunitReport.Render(SampleResults.Hostile((text ?? "") + HostileText.Everything)))
            .Descendants("failure").Any()).QuickCheckThrowOnFailure();

    [Fact]
    [Trait("Complaint", "06")]
    public void Red_and_green_agree_with_the_exit_code_whatever_the_rules() =>
        Prop.ForAll<VerdictState[], bool>((states, warn) =>
        {
            XElement root = JunitRules.Check(JunitReport.Render(RandomVerdicts.With(states ?? [], warn)));
            bool red = (int)root.Attribute("failures")! + (int)root.Attribute("errors")! > 0;
            return red == (RandomVerdicts.With(states ?? [], warn).Verdict.ExitCode != 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_failing_rules_stay_below_the_size_consumers_accept()
    {
        GateResults hostile = SampleResults.Hostile(new string('x', 5000));
        RuleResult rule = hostile.Verdict.Rules[0];
        GateResults many = hostile with
        {
            Verdict = hostile.Verdict with { Rules = [.. Enumerable.Range(0, 600).Select(i => rule with { Key = $"thresholds.r{i}", Metric = $"r{i}" })] },
        };
        Assert.Equal(600, JunitRules.Check(JunitReport.Render(many)).Descendants("failure").Count());
    }

    private static string[] Names(GateResults results) =>
        [.. XElement.Parse(JunitReport.Render(results)).Descendants("testcase").Select(c => c.Attribute("classname")!.Value + c.Attribute("name")!.Value)];
}
