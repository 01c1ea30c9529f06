using System.Text;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Markdown;

/// <summary>What the candidate forgot, by task.</summary>
internal static class ForgottenSection
{
    /// <summary>Rows per task in <c>gate.md</c>; the rest is in <c>results.json</c> and <c>items.jsonl</c>.</summary>
    public const int RowsPerTask = 200;

    private const int FieldLimit = 400;

    /// <summary>Heads of the table.</summary>
    public static string[] Columns { get; } = ["question", "expected", "dense answered", "candidate answers", ">margin"];

    /// <summary>One table per task, in the order of the tasks.</summary>
    public static void Append(StringBuilder text, GateResults results)
    {
        text.Append("## Forgotten\n\n");
        if (results.Forgotten.IsEmpty)
            text.Append("Nothing: the candidate answers every question right that the dense model did.\n\n");
        else
            text.Append("Questions the dense model answered right and the candidate does not, those it was surest of first (margin in nats).\n\n");
        foreach (IGrouping<string, ForgottenItem> task in results.Forgotten.GroupBy(item => item.Task))
        {
            int count = task.Count();
            text.Append($"### {MarkdownText.Escape(task.Key)}: {count}\n\n");
            MarkdownTable table = new(Columns);
            foreach (ForgottenItem item in task.Take(RowsPerTask))
                table.Add(Cells(item));
            table.AppendTo(text);
            if (count > RowsPerTask)
                text.Append($"{count - RowsPerTask} more are in {ReportFiles.Results}; all answers are in {ReportFiles.Items}.\n\n");
        }
    }

    /// <summary>The cells of one item.</summary>
    public static string[] Cells(ForgottenItem item) =>
    [
        Cell(item.Question), Cell(item.Expected), Cell(item.DenseAnswer), Cell(item.CandidateAnswer),
        item.DenseMargin is { } margin ? Figures.Fixed(margin, 2) : "n/a",
    ];

    // An empty answer is an answer: it must not look like a hole in the table.
    private static string Cell(string value)
    {
        string escaped = MarkdownText.Escape(value, FieldLimit);
        return escaped.Length == 0 ? "*(empty)*" : escaped;
    }
}
