using System.Text;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Markdown;

/// <summary>The verdict and the table of rules.</summary>
internal static class RuleSection
{
    private const int ReasonLimit = 600;

    /// <summary>Heads of the rule table.</summary>
    public static string[] Columns { get; } = ["rule", "state", ">value", ">interval", ">limit", ">items", ">forgotten", ">gained", "why"];

    /// <summary>The title, the sentence of the verdict and how it was decided.</summary>
    public static void AppendVerdict(StringBuilder text, GateResults results)
    {
        Verdict verdict = results.Verdict;
        text.Append($"# Gate: {Figures.State(verdict.State)}\n\n");
        text.Append($"**{MarkdownText.Escape(Figures.Sentence(verdict), ReasonLimit)}** (exit code {verdict.ExitCode})\n\n");
        text.Append($"Candidate {MarkdownText.Escape(results.Candidate.Path)} against {MarkdownText.Escape(results.Dense.Path)}; ");
        text.Append($"decided by {MarkdownText.Escape(results.Run.DecisionRule)}, intervals are one-sided bounds at ");
        text.Append($"{Figures.Percent(results.Run.Confidence)} each; an undecided rule means {MarkdownText.Escape(results.Run.OnInconclusive)}.\n\n");
        foreach (RunNote note in Caveats.Of(results))
            text.Append($"> {MarkdownText.Escape(note.Code, 20)}: {MarkdownText.Escape(note.Message, ReasonLimit)}\n\n");
    }

    /// <summary>The table of all rules, in configuration order.</summary>
    public static void AppendTable(StringBuilder text, GateResults results)
    {
        text.Append("## Rules\n\n");
        if (results.Verdict.Rules.IsEmpty)
            text.Append("No rule is configured.\n\n");
        MarkdownTable table = new(Columns);
        foreach (RuleResult rule in results.Verdict.Rules)
            table.Add(Cells(rule));
        table.AppendTo(text);
    }

    /// <summary>The cells of one rule.</summary>
    public static string[] Cells(RuleResult rule)
    {
        int decimals = Figures.DecimalsOf(rule);
        string state = Figures.State(rule.State);
        return
        [
            MarkdownText.Escape(rule.Key), rule.State == VerdictState.Pass ? state : $"**{state}**", Figures.Fixed(rule.Measured?.Value, decimals),
            Figures.Interval(rule.Measured, decimals), (rule.AtLeast ? "≥ " : "≤ ") + Figures.Fixed(rule.Limit, decimals), rule.Items.ToString(),
            Figures.Count(rule.Forgotten), Figures.Count(rule.Gained), Why(rule),
        ];
    }

    private static string Why(RuleResult rule)
    {
        string code = rule.Code.Length == 0 ? "" : rule.Code + " ";
        string place = rule.File is null ? "" : rule.Line > 0 ? $" ({rule.File}:{rule.Line})" : $" ({rule.File})";
        return MarkdownText.Escape(VisibleText.Of(code + rule.Reason, ReasonLimit) + place);
    }
}
