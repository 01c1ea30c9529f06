using System.Text;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Markdown;

/// <summary>Scores, retention and flips by task, what is excluded, and the groups that lost most.</summary>
internal static class TaskSection
{
    private const int GroupsPerTask = 10;

    /// <summary>Heads of the task table.</summary>
    public static string[] Columns { get; } =
    [
        "task", "metric", ">dense", ">candidate", ">chance", ">retention", ">corrected", ">interval", ">kept", ">forgotten", ">gained", ">never known",
        ">items", ">clusters", ">unusable",
    ];

    /// <summary>The suite's figures with their definitions beside them.</summary>
    public static void AppendSuite(StringBuilder text, GateResults results)
    {
        SuiteResult suite = results.Suite;
        text.Append("## Suite\n\n");
        MarkdownTable table = new("figure", ">value", ">interval", "meaning");
        table.Add(
            "Sr", Figures.Score(suite.SemanticRetention?.Value), Figures.Interval(suite.SemanticRetention),
            $"weighted mean over {suite.IncludedTasks.Length} tasks of chance\\-corrected retention, each capped at 1");
        table.Add("Sr, uncapped", Figures.Score(suite.SemanticRetentionUncapped), "n/a", "the same without the cap");
        table.Add("TCr", Figures.CompressionRate(results.Size), "n/a", "theoretical compression rate of the compressed layers");
        table.Add(
            "SrCr", Figures.Score(suite.SrCr?.Value), Figures.Interval(suite.SrCr),
            $"{MarkdownText.Escape(suite.Formula)}, formula {MarkdownText.Escape(suite.FormulaId)}");
        table.AppendTo(text);
    }

    /// <summary>The table of tasks.</summary>
    public static void AppendTable(StringBuilder text, GateResults results)
    {
        text.Append("## Tasks\n\n");
        text.Append("Retention is candidate over dense; corrected is (candidate − chance) / (dense − chance), not below 0, with its interval. ");
        text.Append("For perplexity both are dense over candidate.\n\n");
        MarkdownTable table = new(Columns);
        foreach (TaskResult task in results.Tasks)
            table.Add(Cells(task));
        table.AppendTo(text);
        foreach (ExcludedTask task in results.Suite.ExcludedTasks)
            text.Append($"- Not part of Sr: **{MarkdownText.Escape(task.Name)}**, because {MarkdownText.Escape(task.Reason)}\n");
        if (!results.Suite.ExcludedTasks.IsEmpty)
            text.Append('\n');
    }

    /// <summary>The cells of one task.</summary>
    public static string[] Cells(TaskResult task) =>
    [
        MarkdownText.Escape(task.Name), MarkdownText.Escape(task.Metric), Figures.Score(task.DenseScore), Figures.Score(task.CandidateScore),
        Figures.Score(task.Chance), Figures.Score(task.Retention?.Value), Figures.Score(task.CorrectedRetention?.Value),
        Figures.Interval(task.CorrectedRetention), Figures.Count(task.Flips?.Kept), Figures.Count(task.Flips?.Forgotten), Figures.Count(task.Flips?.Gained),
        Figures.Count(task.Flips?.NeverKnown), task.Items.ToString(), task.Clusters.ToString(), $"{task.DenseInvalid} dense, {task.CandidateInvalid} candidate",
    ];

    /// <summary>Other metrics, and the groups with the largest losses.</summary>
    public static void AppendDetails(StringBuilder text, GateResults results)
    {
        MarkdownTable metrics = new("task", "metric", ">dense", ">candidate");
        MarkdownTable groups = new("task", "group", ">dense", ">candidate", ">forgotten", ">gained", ">items");
        foreach (TaskResult task in results.Tasks)
        {
            foreach (MetricPair pair in task.OtherMetrics)
                metrics.Add(MarkdownText.Escape(task.Name), MarkdownText.Escape(pair.Name), Figures.Score(pair.Dense), Figures.Score(pair.Candidate));
            foreach (GroupResult group in task.Groups.Take(GroupsPerTask))
            {
                groups.Add(
                    MarkdownText.Escape(task.Name), MarkdownText.Escape(group.Name), Figures.Score(group.DenseScore),
                    Figures.Score(group.CandidateScore), group.Forgotten.ToString(), group.Gained.ToString(), group.Items.ToString());
            }
        }

        if (results.Tasks.Any(task => !task.OtherMetrics.IsEmpty))
            text.Append("### Other metrics\n\n");
        metrics.AppendTo(text);
        if (results.Tasks.Any(task => !task.Groups.IsEmpty))
            text.Append($"### Groups with the largest losses\n\nAt most {GroupsPerTask} per task; all of them are in {ReportFiles.Results}.\n\n");
        groups.AppendTo(text);
    }
}
