using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>The list of what was forgotten, with a filter that appears when scripts run.</summary>
internal static class ForgottenSection
{
    /// <summary>Most rows on the page.</summary>
    public const int RowLimit = 5000;

    private const int FieldLimit = 1000;

    /// <summary>The section.</summary>
    public static XElement Of(GateResults results)
    {
        if (results.Forgotten.IsEmpty)
            return Section("forgotten", "Forgotten", El("p", "Nothing: the candidate answers every question right that the dense model did."));
        HtmlTable table = new(
            "Forgotten questions", "forgotten", ("Question", "question"), ("Expected", "answer"), ("Dense", "answer"), ("Candidate", "answer wrong"), ("Margin", "number"));
        table.Element.Add(Attr("id", "forgotten-table"));
        foreach (ForgottenItem item in results.Forgotten.Take(RowLimit))
        {
            table.Add(
                [Attr("data-task", item.Task)],
                (object?[])
                [
                    Shown(item.Question),
                    El("span", Class("plain"), VisibleText.Of(item.Task, 100), item.Group is null ? null : " · " + VisibleText.Of(item.Group, 100)),
                ],
                Shown(item.Expected), Shown(item.DenseAnswer), Shown(item.CandidateAnswer),
                item.DenseMargin is { } margin ? Figures.Fixed(margin, 2) : "n/a");
        }

        int more = results.Forgotten.Length - RowLimit;
        return Section(
            "forgotten", "Forgotten",
            El(
                "p", Class("note"),
                $"{results.Forgotten.Length:N0} questions that the dense model answered right and the candidate does not, those it was surest of first "
                + "(margin in nats)." + (more > 0 ? $" The last {more:N0} are left out here; {ReportFiles.Results} has all." : "")),
            Filter(results), table.Element, El("p", Class("note"), Attr("id", "no-match"), Attr("hidden", "hidden"), "No question matches."));
    }

    private static XElement Filter(GateResults results) => El(
        "div", Class("filter"), Attr("id", "filter"), Attr("hidden", "hidden"),
        El("label", Attr("for", "filter-text"), "Search"),
        El("input", Attr("id", "filter-text"), Attr("type", "search"), Attr("autocomplete", "off"), Attr("spellcheck", "false")),
        El("label", Attr("for", "filter-task"), "Task"),
        El(
            "select", Attr("id", "filter-task"), El("option", Attr("value", ""), "all"),
            results.Forgotten.Select(item => item.Task).Distinct().Select(task => El("option", Attr("value", task), task))),
        El("output", Attr("id", "filter-count"), Attr("aria-live", "polite")));

    private static object Shown(string text) =>
        VisibleText.Of(text, FieldLimit) is { Length: > 0 } visible ? visible : El("i", Class("none"), "(empty)");
}
