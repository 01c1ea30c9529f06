using System.Text;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Junit;

/// <summary>The body of a breached rule's case: reason, place, worst groups, and the worst forgotten questions.</summary>
/// <remarks>Consumers refuse text nodes of a megabyte and files of several: a list has twenty entries, and lists stop altogether after two
/// million characters in one report.</remarks>
internal sealed class FailureText(GateResults results)
{
    private const int WorstItems = 20;
    private const int WorstGroups = 5;
    private const int FieldLimit = 200;
    private const int ListBudget = 2_000_000;

    private int _written;

    /// <summary>The body; its first line is <paramref name="message"/>.</summary>
    public string Of(RuleResult rule, string message)
    {
        StringBuilder text = new(message);
        text.Append('\n').Append(Place(rule));
        AppendGroups(text, rule);
        text.Append("\nrun ").Append(VisibleText.ForLog(results.Run.RunKey));
        AppendForgotten(text, rule);
        _written += text.Length;
        return text.ToString();
    }

    /// <summary>The rule's key and where it is configured.</summary>
    public static string Place(RuleResult rule)
    {
        string place = rule.File is null ? "" : rule.Line > 0 ? $" at {rule.File}:{rule.Line}" : $" at {rule.File}";
        return VisibleText.ForLog($"rule {rule.Key}{place}");
    }

    private void AppendGroups(StringBuilder text, RuleResult rule)
    {
        GroupResult[] worst =
        [
            .. results.Tasks.Where(task => rule.Task is null || task.Name == rule.Task)
                .SelectMany(task => task.Groups)
                .Where(group => group.Forgotten > 0)
                .OrderByDescending(group => group.Forgotten - group.Gained)
                .ThenBy(group => group.Name, StringComparer.Ordinal)
                .Take(WorstGroups),
        ];
        if (worst.Length > 0)
        {
            text.Append("\nworst groups: ").AppendJoin(", ", worst.Select(group =>
                $"{VisibleText.ForLog(group.Name, FieldLimit)} {Figures.Score(group.DenseScore)} to {Figures.Score(group.CandidateScore)}"));
        }
    }

    private void AppendForgotten(StringBuilder text, RuleResult rule)
    {
        ForgottenItem[] items = [.. results.Forgotten.Where(item => rule.Task is null || item.Task == rule.Task)];
        if (items.Length == 0)
            return;
        if (_written > ListBudget)
        {
            text.Append($"\nforgotten: {items.Length} questions, see {ReportFiles.Results}");
            return;
        }

        text.Append($"\nforgotten: {items.Length} questions; the {Math.Min(items.Length, WorstItems)} the dense model was surest of:");
        foreach (ForgottenItem item in items.Take(WorstItems))
        {
            text.Append($"\n- [{Field(item.Task)} {Field(item.Id)}] {Field(item.Question)}");
            text.Append($" | expected: {Field(item.Expected)} | dense: {Field(item.DenseAnswer)} | candidate: {Field(item.CandidateAnswer)}");
        }

        if (items.Length > WorstItems)
            text.Append($"\n… all of them in {ReportFiles.Results}");
    }

    private static string Field(string text) => VisibleText.ForLog(text, FieldLimit);
}
