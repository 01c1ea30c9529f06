using System.Collections.Immutable;
using Gate.Reporting.Logs;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Terminal;

/// <summary>What the tool prints at the end of a run: tables of plain text and a final line; the tool decides how they are drawn.</summary>
/// <param name="RuleColumns">Heads of <paramref name="Rules"/>.</param>
/// <param name="Rules">One row per rule, passed ones too: rule, value, interval, limit, state, counts.</param>
/// <param name="TaskColumns">Heads of <paramref name="Tasks"/>.</param>
/// <param name="Tasks">One row per task.</param>
/// <param name="Reasons">One sentence for each rule that does not hold, in order, with its code and place.</param>
/// <param name="Sizes">Name and text of each size.</param>
/// <param name="FinalLine">The verdict in one line.</param>
/// <remarks>Every text is visible, on one line and free of workflow commands; it still has to be escaped for a markup language.</remarks>
public sealed record VerdictTable(
    ImmutableArray<string> RuleColumns, ImmutableArray<ImmutableArray<string>> Rules, ImmutableArray<string> TaskColumns,
    ImmutableArray<ImmutableArray<string>> Tasks, ImmutableArray<string> Reasons, ImmutableArray<KeyValuePair<string, string>> Sizes,
    string FinalLine)
{
    /// <summary>The table of a result.</summary>
    public static VerdictTable Of(GateResults results) => new(
        ["rule", "value", "interval", "limit", "state", "items", "forgotten", "gained"],
        [.. results.Verdict.Rules.Select(Row)],
        ["task", "dense", "candidate", "retention", "interval", "forgotten", "gained", "items"],
        [.. results.Tasks.Select(Row)],
        LogLines.Of(results, LogDialect.Text),
        Size(results),
        VisibleText.ForLog(Figures.Sentence(results.Verdict)));

    private static ImmutableArray<string> Row(RuleResult rule)
    {
        int decimals = Figures.DecimalsOf(rule);
        return
        [
            VisibleText.ForLog(rule.Key), Figures.Fixed(rule.Measured?.Value, decimals), Figures.Interval(rule.Measured, decimals),
            (rule.AtLeast ? "≥ " : "≤ ") + Figures.Fixed(rule.Limit, decimals), Figures.State(rule.State), rule.Items.ToString(),
            Figures.Count(rule.Forgotten), Figures.Count(rule.Gained),
        ];
    }

    private static ImmutableArray<string> Row(TaskResult task) =>
    [
        VisibleText.ForLog(task.Name) + (task.Gateable ? "" : " (excluded)"), Figures.Score(task.DenseScore), Figures.Score(task.CandidateScore),
        Figures.Score(task.CorrectedRetention?.Value), Figures.Interval(task.CorrectedRetention), Figures.Count(task.Flips?.Forgotten),
        Figures.Count(task.Flips?.Gained), task.Items.ToString(),
    ];

    private static ImmutableArray<KeyValuePair<string, string>> Size(GateResults results) =>
    [
        new("Sr", $"{Figures.Score(results.Suite.SemanticRetention?.Value)} {Figures.Interval(results.Suite.SemanticRetention)}"),
        new("TCr", Figures.CompressionRate(results.Size)),
        new("SrCr", $"{Figures.Score(results.Suite.SrCr?.Value)} ({VisibleText.ForLog(results.Suite.FormulaId)}: {VisibleText.ForLog(results.Suite.Formula)})"),
        new("candidate files", Figures.Bytes(results.Size.CandidateFileBytes)),
        new("candidate packed", $"{Figures.Bytes(results.Size.CandidatePackedBytes)}, {Figures.Bits(results.Size.BitsPerWeight)} bits per weight"),
        new("dense at 16 bit", Figures.Bytes(results.Size.DenseBytes16)),
    ];
}
