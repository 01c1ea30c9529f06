using System.Text;
using Gate.Results;

namespace Gate.Reporting.Markdown;

/// <summary>Renders <c>gate.md</c>: the whole report, verdict first.</summary>
/// <remarks>Everything is listed but the forgotten questions, of which each task shows the first 200, and the groups, of which each task
/// shows the ten with the largest losses; <c>results.json</c> has all of both. Every text that Gate did not write is escaped.</remarks>
public static class MarkdownReport
{
    /// <summary>The report of a result.</summary>
    public static string Render(GateResults results)
    {
        StringBuilder text = new();
        RuleSection.AppendVerdict(text, results);
        RuleSection.AppendTable(text, results);
        TaskSection.AppendSuite(text, results);
        TaskSection.AppendTable(text, results);
        SizeSection.Append(text, results);
        ForgottenSection.Append(text, results);
        TaskSection.AppendDetails(text, results);
        RunSection.AppendPrompts(text, results);
        RunSection.AppendRun(text, results);
        RunSection.AppendNotes(text, results);
        return text.ToString().TrimEnd('\n') + "\n";
    }
}
