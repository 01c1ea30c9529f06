using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>Retention by task and by group.</summary>
internal static class RetentionSection
{
    /// <summary>The section.</summary>
    public static XElement Of(GateResults results)
    {
        RetentionBar bar = new(results);
        HtmlTable table = new(
            "Retention by task", "tasks", ("Task", "name"), ("Dense", "number"), ("Candidate", "number"), ("Retention", "number"), ("Flips", "flips"),
            ("", "drawing"));
        table.AddToLastHead(bar.Axis());
        int number = 0;
        foreach (TaskResult task in results.Tasks)
        {
            table.Add(
                [Class(task.Gateable ? "counted" : "excluded")], Name(task, results.Suite), Figures.Score(task.DenseScore), Figures.Score(task.CandidateScore),
                (object[])
                [
                    El("b", Figures.Score(task.CorrectedRetention?.Value)), " ", El("span", Class("bounds"), Figures.Interval(task.CorrectedRetention)),
                    El("span", Class("plain"), $"uncorrected {Figures.Score(task.Retention?.Value)}"),
                ],
                Flips(task.Flips), bar.Of(task.CorrectedRetention?.Value ?? double.NaN, task.CorrectedRetention, $"task-{++number}", task.Name));
        }

        int groupNumber = 0;
        List<XElement> groups = [];
        foreach (TaskResult task in results.Tasks.Where(task => !task.Groups.IsEmpty))
            groups.Add(Groups(task, bar, ref groupNumber));
        return Section(
            "retention", "Retention",
            El(
                "p", Class("note"),
                "Retention is (candidate − chance) / (dense − chance), not below 0; for perplexity dense / candidate. Sr is the weighted mean over "
                + $"{results.Suite.IncludedTasks.Length} tasks, each capped at 1: {Figures.Score(results.Suite.SemanticRetention?.Value)} "
                + $"{Figures.Interval(results.Suite.SemanticRetention)}, uncapped {Figures.Score(results.Suite.SemanticRetentionUncapped)}."),
            table.Element,
            groups);
    }

    private static object?[] Name(TaskResult task, SuiteResult suite)
    {
        string? reason = suite.ExcludedTasks.FirstOrDefault(excluded => excluded.Name == task.Name)?.Reason ?? task.NotGateableReason;
        return
        [
            El("b", task.Title), El("p", Class("counts"), El("code", task.Name), $" · {task.Metric} · {task.Items:N0} items in {task.Clusters:N0} clusters"),
            reason is null ? null : El("p", Class("why"), El("span", Class("tag"), "not in Sr"), " ", reason),
            task.DenseInvalid + task.CandidateInvalid == 0
                ? null
                : El("p", Class("counts"), $"unusable answers: {task.DenseInvalid:N0} dense, {task.CandidateInvalid:N0} candidate"),
            task.OtherMetrics.IsEmpty
                ? null
                : El("p", Class("counts"), string.Join(" · ", task.OtherMetrics.Select(m => $"{m.Name} {Figures.Score(m.Dense)} → {Figures.Score(m.Candidate)}"))),
        ];
    }

    private static object Flips(FlipTable? flips) => flips is null
        ? El("span", Class("none"), "graded")
        : (object[])
        [
            El("span", Class("lost"), $"{flips.Forgotten:N0} forgotten"), " ", El("span", Class("won"), $"{flips.Gained:N0} gained"), " ",
            El("span", Class("plain"), $"{flips.Kept:N0} kept, {flips.NeverKnown:N0} never known"),
        ];

    private static XElement Groups(TaskResult task, RetentionBar bar, ref int number)
    {
        HtmlTable table = new(
            $"Groups of {task.Name}", "groups", ("Group", "name"), ("Dense", "number"), ("Candidate", "number"), ("Retention", "number"), ("Flips", "flips"), ("", "drawing"));
        foreach (GroupResult group in task.Groups)
        {
            double retention = group.DenseScore == 0 ? double.NaN : task.HigherIsBetter ? group.CandidateScore / group.DenseScore : group.DenseScore / group.CandidateScore;
            table.Add(
                [], (object[])[El("b", group.Name), El("span", Class("plain"), $"{group.Items:N0} items")], Figures.Score(group.DenseScore), Figures.Score(group.CandidateScore),
                El("b", Figures.Score(retention)), (object[])[El("span", Class("lost"), $"{group.Forgotten:N0} forgotten"), " ", El("span", Class("won"), $"{group.Gained:N0} gained")],
                bar.Of(retention, null, $"group-{++number}", group.Name));
        }

        return El("details", El("summary", El("b", task.Title), $" by group, largest loss first ({task.Groups.Length:N0}), uncorrected"), table.Element);
    }
}
