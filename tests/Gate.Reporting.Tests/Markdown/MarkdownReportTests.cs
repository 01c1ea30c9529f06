using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gate.Reporting.Markdown;
using Gate.Reporting.Text;
using Gate.Results;
using Gate.Tests.Samples;
using Markdig.Syntax;

namespace Gate.Reporting.Tests.Markdown;

public sealed class MarkdownReportTests
{
    public static TheoryData<string> Hostile => HostileText.All;

    [Theory, MemberData(nameof(Hostile))]
    public void Hostile_text_is_read_back_as_it_is_shown(string text) => CheckRoundTrip(text);

    [Fact]
    public void Any_text_is_read_back_as_it_is_shown() =>
        Prop.ForAll<string>(text => CheckRoundTrip(text ?? "")).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_mixture_of_markup_is_read_back_as_it_is_shown()
    {
        string[] pieces = ["|", "\\", "`", "*", "_", "[", "](", ")", "<", ">", "&", "#", ":", "::", "\n", "\r", " ", "a", "1.", "-", "~", "$", "=", "!", "{", "}", "^", "@",
            "www.", "http://", "\u202E", "\0", "\"", "'", "+", "<!--", "-->", "&amp;", "😀"];
        Prop.ForAll(Gen.Elements(pieces).ArrayOf().Select(string.Concat).ToArbitrary(), CheckRoundTrip).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_line_addresses_a_runner()
    {
        string[] texts =
        [
            MarkdownReport.Render(HostileResults), MarkdownSummary.Render(HostileResults), MarkdownSummary.RenderNothingRan(HostileText.Everything, 4, "0.1.0"),
        ];
        foreach (string text in texts)
        {
            Assert.DoesNotContain("##[", text, StringComparison.Ordinal);
            Assert.DoesNotContain("##vso[", text, StringComparison.Ordinal);
            Assert.DoesNotContain("##teamcity[", text, StringComparison.Ordinal);
            Assert.DoesNotContain("::", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\r', text);
            Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
            Assert.DoesNotContain('\u202E', text);
        }
    }

    [Fact]
    public void The_verdict_comes_first_and_every_rule_has_its_line()
    {
        string text = MarkdownReport.Render(SampleResults.Fail);
        Assert.StartsWith("# Gate: fail\n\n**fail: knowledge lost: 2 of 4 rules are breached** (exit code 1)\n", text, StringComparison.Ordinal);
        string[][] rules = [.. new ParsedMarkdown(text).Rows(RuleSection.Columns)];
        Assert.Equal(SampleResults.Fail.Verdict.Rules.Select(rule => rule.Key), rules.Select(row => row[0]));
        Assert.Equal(["fail", "pass", "fail", "inconclusive"], rules.Select(row => row[1]));
        Assert.Equal(["0.8996", "[0.8800, 0.8999]", "≥ 0.9000"], rules[2][2..5]);
    }

    [Fact]
    public void A_run_without_a_result_says_why_and_what_to_do()
    {
        string text = MarkdownSummary.RenderNothingRan("m: error GATE3001: found nothing\n  Check the *path*.", 4, "0.1.0");
        Assert.StartsWith("## Gate: no verdict\n\n**m: error GATE3001: found nothing** (exit code 4)\n\nCheck the \\*path\\*.\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_exclusions_sizes_and_formula_are_there()
    {
        string text = MarkdownReport.Render(SampleResults.Fail);
        ParsedMarkdown parsed = new(text);
        Assert.Equal(["lama-cloze", "factoid-qa", "mcqa", "heldout"], parsed.Rows(TaskSection.Columns).Select(row => row[0]));
        string[] lists = [.. parsed.Document.Descendants<ListItemBlock>().Select(ParsedMarkdown.TextOf)];
        Assert.Contains("Not part of Sr: mcqa, because dense score 0.262 is not clearly above chance 0.250", lists);
        string[][] suite = [.. parsed.Rows("figure", "value", "interval", "meaning")];
        Assert.Equal(["81.25 %"], suite.Where(row => row[0] == "TCr").Select(row => row[1]));
        Assert.Equal(["Sr · TCr, formula srcr-product/1"], suite.Where(row => row[0] == "SrCr").Select(row => row[3]));
        Assert.Contains(parsed.Rows("what", "size", "of dense at 16 bit"), row => row[1] == "3.06 MiB (3,204,448 bytes)" && row[2] == "27.78 %");
        Assert.Contains(parsed.Rows("what", "size", "of dense at 16 bit"), row => row[1] == "4.25");
    }

    [Fact]
    public void The_forgotten_list_is_capped_per_task_and_says_where_the_rest_is()
    {
        GateResults results = SampleResults.Fail with { Forgotten = SampleTasks.Forgotten(1000) };
        string text = MarkdownReport.Render(results);
        Assert.Equal(400, new ParsedMarkdown(text).Rows(ForgottenSection.Columns).Count());
        Assert.Contains("466 more are in results.json; all answers are in items.jsonl.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_answer_is_shown_as_empty() =>
        Assert.Contains(new ParsedMarkdown(MarkdownReport.Render(SampleResults.Fail)).Rows(ForgottenSection.Columns), row => row[3] == "(empty)");

    [Fact]
    public void Complaint_25_the_summary_stays_within_64_KiB_whatever_the_run()
    {
        GateResults large = SampleResults.Hostile(string.Concat(Enumerable.Repeat("日|", 3000)));
        large = large with
        {
            Forgotten = [.. Enumerable.Repeat(large.Forgotten[0], 5000)],
            Verdict = large.Verdict with { Rules = [.. Enumerable.Repeat(large.Verdict.Rules[0], 500)] },
            Tasks = [.. Enumerable.Repeat(large.Tasks[0], 500)],
        };
        string text = MarkdownSummary.Render(large);
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 32 * 1024, MarkdownSummary.Limit);
        Assert.StartsWith("## Gate: fail\n", text, StringComparison.Ordinal);
        Assert.Contains("more rules are in gate.md", text, StringComparison.Ordinal);
        Assert.Contains("more questions are in gate.md", text, StringComparison.Ordinal);
        Assert.EndsWith("in the report folder.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_names_breached_rules_before_those_that_hold()
    {
        string[][] rules = [.. new ParsedMarkdown(MarkdownSummary.Render(SampleResults.Fail)).Rows(RuleSection.Columns)];
        Assert.Equal(["fail", "fail", "inconclusive", "pass"], rules.Select(row => row[1]));
    }

    private static GateResults HostileResults => SampleResults.Hostile(HostileText.Everything);

    private static bool CheckRoundTrip(string text)
    {
        GateResults results = SampleResults.Hostile(text);
        results = results with { Forgotten = [.. results.Forgotten.Take(3)] };
        string shown = VisibleText.Of(text, 400);
        string cell = shown.Length == 0 ? "(empty)" : shown;
        foreach (string report in new[] { MarkdownReport.Render(results), MarkdownSummary.Render(results) })
        {
            ParsedMarkdown parsed = new(report);
            string[][] rows = [.. parsed.Rows(ForgottenSection.Columns), .. parsed.Rows(["task", .. ForgottenSection.Columns]).Select(row => row[1..])];
            Assert.Equal(results.Forgotten.Length, rows.Length);
            Assert.All(rows, row => Assert.Equal([cell, cell, cell, cell], row[..4]));
            Assert.Equal(results.Verdict.Rules.Length, parsed.Rows(RuleSection.Columns).Count());
        }

        ParsedMarkdown full = new(MarkdownReport.Render(results));
        Assert.All(full.Rows("task", "protocol", "template", "special tokens", "template hash", "data hash"), row => Assert.Equal(VisibleText.Of(text), row[2]));
        Assert.All(full.Document.Descendants<ListItemBlock>(), item => ParsedMarkdown.TextOf(item));
        return true;
    }
}
