using System.Text;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Markdown;

/// <summary>Renders <c>gate.summary.md</c> for the job summary of a CI run: verdict and rules first, forgotten questions folded, and never more
/// than <see cref="Limit"/> bytes, because a summary that is too long is dropped whole.</summary>
public static class MarkdownSummary
{
    /// <summary>Most bytes of UTF-8.</summary>
    public const int Limit = 64 * 1024;

    // Shares of the limit; what a table does not use goes to the forgotten questions. The head is bounded by the limits of its texts.
    private const int MostNotes = 10;
    private const int RulesEnd = 36 * 1024;
    private const int TasksEnd = 46 * 1024;
    private const int ForgottenEnd = Limit - 1024;

    /// <summary>The summary of a result.</summary>
    public static string Render(GateResults results)
    {
        StringBuilder text = new();
        AppendHead(text, results);
        AppendNotes(text, results);

        // Breached rules first: if rows must be left out, it is those that hold.
        AppendRows(text, "rules", RuleSection.Columns, [.. results.Verdict.Rules.OrderBy(rule => Rank(rule.State))], RuleSection.Cells, RulesEnd);
        AppendRows(text, "tasks", TaskSection.Columns, results.Tasks, TaskSection.Cells, TasksEnd);
        AppendForgotten(text, results);
        text.Append($"Run {MarkdownText.Escape(results.Run.RunKey, 100)} of Gate {MarkdownText.Escape(results.Run.GateVersion, 100)}. ");
        text.Append($"The full report is {ReportFiles.Html} or {ReportFiles.Markdown}, the data {ReportFiles.Results}, in the report folder.\n");
        return text.ToString();
    }

    /// <summary>The summary of a run that ended before there was a result.</summary>
    /// <param name="diagnostic">What went wrong and what to do about it, one line each.</param>
    /// <param name="exitCode">Exit code of the process.</param>
    /// <param name="gateVersion">Version of Gate.</param>
    public static string RenderNothingRan(string diagnostic, int exitCode, string gateVersion)
    {
        string[] lines = [.. diagnostic.Split('\n').Select(line => MarkdownText.Escape(line.Trim(), 2000))];
        return $"## Gate: no verdict\n\n**{lines[0]}** (exit code {exitCode})\n\n"
            + string.Concat(lines[1..].Select(line => $"{line}\n\n"))
            + $"Gate {MarkdownText.Escape(gateVersion, 100)} judged nothing; what else lies in the report folder is of an earlier run.\n";
    }

    private static void AppendHead(StringBuilder text, GateResults results)
    {
        Verdict verdict = results.Verdict;
        SizeInfo size = results.Size;
        text.Append($"## Gate: {Figures.State(verdict.State)}\n\n");
        text.Append($"**{MarkdownText.Escape(Figures.Sentence(verdict), 600)}** (exit code {verdict.ExitCode})\n\n");
        text.Append($"Sr {Figures.Score(results.Suite.SemanticRetention?.Value)} {Figures.Interval(results.Suite.SemanticRetention)}, ");
        text.Append($"TCr {Figures.CompressionRate(size)}, SrCr {Figures.Score(results.Suite.SrCr?.Value)} ");
        text.Append($"({MarkdownText.Escape(results.Suite.Formula, 200)}, {MarkdownText.Escape(results.Suite.FormulaId, 100)}), ");
        text.Append($"packed {Figures.Bytes(size.CandidatePackedBytes)}, {Figures.Bits(size.BitsPerWeight)} bits per weight.\n\n");
    }

    // What the verdict rests on; notes about the run itself are in the full report.
    private static void AppendNotes(StringBuilder text, GateResults results)
    {
        RunNote[] notes = [.. Caveats.Of(results).Concat(results.Notes.Where(note => note.Code.StartsWith("GATE2", StringComparison.Ordinal))).Distinct()];
        foreach (RunNote note in notes.Take(MostNotes))
            text.Append($"- {MarkdownText.Escape(note.Code, 20)}: {MarkdownText.Escape(note.Message, 600)}\n");
        if (notes.Length > MostNotes)
            text.Append($"- {notes.Length - MostNotes} more notes are in {ReportFiles.Markdown}.\n");
        if (notes.Length > 0)
            text.Append('\n');
    }

    private static void AppendRows<T>(
        StringBuilder text, string what, string[] columns, IReadOnlyList<T> rows, Func<T, string[]> cellsOf, int end)
    {
        if (rows.Count == 0)
            return;
        MarkdownTable table = new(columns);
        int size = Bytes(text.ToString()) + Bytes(table.Head);
        int shown = 0;
        for (; shown < rows.Count; shown++)
        {
            string[] cells = cellsOf(rows[shown]);
            size += Bytes(MarkdownTable.Row(cells));
            if (size > end)
                break;
            table.Add(cells);
        }

        table.AppendTo(text);
        if (shown < rows.Count)
            text.Append($"{rows.Count - shown} more {what} are in {ReportFiles.Markdown}.\n\n");
    }

    private static void AppendForgotten(StringBuilder text, GateResults results)
    {
        if (results.Forgotten.IsEmpty)
            return;
        text.Append($"<details>\n<summary>{results.Forgotten.Length} questions forgotten</summary>\n\n");
        AppendRows(
            text, "questions", ["task", .. ForgottenSection.Columns], results.Forgotten,
            item => [MarkdownText.Escape(item.Task, 100), .. ForgottenSection.Cells(item)], ForgottenEnd);
        text.Append("</details>\n\n");
    }

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static int Rank(VerdictState state) => state switch
    {
        VerdictState.Fail => 0,
        VerdictState.NotMeasured => 1,
        VerdictState.Inconclusive => 2,
        _ => 3,
    };
}
