using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>Draws a rule's interval against its limit. The limit is always in the middle, the side where the rule holds is shaded, and the
/// scale is the rule's own.</summary>
internal static class IntervalBar
{
    private const double Width = 220;
    private const double Height = 28;
    private const double Middle = Width / 2;

    /// <summary>The drawing; a word where there is nothing to draw.</summary>
    public static XElement Of(RuleResult rule, string id)
    {
        if (rule.Measured is not { } measured || !double.IsFinite(measured.Value) || !double.IsFinite(rule.Limit))
            return El("span", Class("none"), "nothing measured");
        double reach = new[] { measured.Value, measured.Lower, measured.Upper }
            .Where(double.IsFinite)
            .Max(value => Math.Abs(value - rule.Limit));
        double scale = reach > 0 ? (Middle - 8) / reach : 0;
        double X(double value) => double.IsNaN(value) ? Middle : Math.Clamp(Middle + (value - rule.Limit) * scale, 1, Width - 1);
        double left = X(measured.Lower);
        double width = Math.Max(X(measured.Upper) - left, 2);
        return El(
            "svg", Class("interval " + StateLabel.ClassOf(rule.State)), Attr("viewBox", $"0 0 {Width} {Height}"), Attr("width", Width),
            Attr("height", Height), Attr("role", "img"), Attr("aria-labelledby", id), El("title", Attr("id", id), Description(rule)),
            Rectangle("holds", rule.AtLeast ? Middle : 0, 0, Middle, Height),
            Rectangle("axis", 0, (Height - 1) / 2, Width, 1),
            Rectangle("range", left, 9, width, 10),
            Rectangle("value", X(measured.Value) - 1.5, 6, 3, 16),
            Rectangle("limit", Middle - 1, 0, 2, Height));
    }

    /// <summary>A rectangle with a class.</summary>
    public static XElement Rectangle(string cssClass, double x, double y, double width, double height) =>
        El("rect", Class(cssClass), Attr("x", x), Attr("y", y), Attr("width", width), Attr("height", height));

    private static string Description(RuleResult rule)
    {
        int decimals = Figures.DecimalsOf(rule);
        return $"{rule.Metric} {Figures.Fixed(rule.Measured?.Value, decimals)} {Figures.Interval(rule.Measured, decimals)}, "
            + $"limit {(rule.AtLeast ? "at least" : "at most")} {Figures.Fixed(rule.Limit, decimals)}: {Figures.State(rule.State)}";
    }
}
