using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>Every rule with its value, interval, limit and state.</summary>
internal static class RuleSection
{
    /// <summary>The section.</summary>
    public static XElement Of(GateResults results)
    {
        HtmlTable table = new(
            "Rules", "rules", ("State", "state-cell"), ("Rule", "name"), ("Value", "number"), ("Limit", "number"), ("Interval against limit", "drawing"));
        int number = 0;
        foreach (RuleResult rule in results.Verdict.Rules)
        {
            int decimals = Figures.DecimalsOf(rule);
            table.Add(
                [], StateLabel.Of(rule.State), Name(rule),
                (object[])[El("b", Figures.Fixed(rule.Measured?.Value, decimals)), " ", El("span", Class("bounds"), Figures.Interval(rule.Measured, decimals))],
                (rule.AtLeast ? "≥ " : "≤ ") + Figures.Fixed(rule.Limit, decimals), IntervalBar.Of(rule, $"rule-{++number}"));
        }

        return Section(
            "rules", "Rules",
            El(
                "p", Class("note"),
                $"Intervals are one-sided bounds at {Figures.Percent(results.Run.Confidence)} each; the decision is by {results.Run.DecisionRule}. "
                + "In the drawings the upright line is the limit, the shaded side is where the rule holds, and each has a scale of its own."),
            results.Verdict.Rules.IsEmpty ? El("p", "No rule is configured.") : table.Element);
    }

    private static object[] Name(RuleResult rule)
    {
        string place = rule.File is null ? "" : rule.Line > 0 ? $"{rule.File}:{rule.Line}" : rule.File;
        return
        [
            El("code", rule.Key),
            El("p", Class("why"), rule.Code.Length == 0 ? null : El("span", Class("code"), rule.Code), " ", rule.Reason),
            El("p", Class("counts"), $"{rule.Items:N0} items", rule is { Forgotten: { } forgotten, Gained: { } gained } ? $" · {forgotten:N0} forgotten · {gained:N0} gained" : null, place.Length == 0 ? null : " · " + place),
        ];
    }
}
