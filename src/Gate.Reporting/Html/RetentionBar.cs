using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>Draws retention on the scale that all tasks and groups share: 0 to 1.1, or to 1.5 where something is gained beyond that.</summary>
internal sealed class RetentionBar
{
    private const double Width = 260;
    private const double Height = 22;
    private const double Margin = 10;

    private readonly double _end;

    /// <summary>The scale for a result.</summary>
    public RetentionBar(GateResults results) =>
        _end = results.Tasks.Any(task => task.CorrectedRetention?.Value > 1.1) ? 1.5 : 1.1;

    /// <summary>A task's or group's retention; <paramref name="bounds"/> without an interval when it has none.</summary>
    /// <param name="value">Candidate over dense.</param>
    /// <param name="bounds">Interval, or null.</param>
    /// <param name="id">Id of the title.</param>
    /// <param name="name">What is drawn.</param>
    public XElement Of(double value, Estimate? bounds, string id, string name)
    {
        XElement drawing = Frame(id, $"{name}: retention {Figures.Score(value)} {(bounds is null ? "" : Figures.Interval(bounds))}");
        if (!double.IsFinite(value))
            return drawing;
        drawing.Add(IntervalBar.Rectangle("bar", X(0), 7, X(value) - X(0), 8));
        if (bounds is not null && !double.IsNaN(bounds.Lower) && !double.IsNaN(bounds.Upper))
            drawing.Add(IntervalBar.Rectangle("range", X(bounds.Lower), 10, Math.Max(X(bounds.Upper) - X(bounds.Lower), 1), 2));
        drawing.Add(IntervalBar.Rectangle("value", X(value) - 1, 4, 2, 14));
        return drawing;
    }

    /// <summary>The scale's labels.</summary>
    public XElement Axis() => El(
        "svg", Class("retention scale"), Attr("viewBox", $"0 0 {Width} 14"), Attr("width", Width), Attr("height", 14), Attr("aria-hidden", "true"),
        new[] { 0, 0.5, 1 }.Select(value => El("text", Attr("x", X(value)), Attr("y", 11), Attr("text-anchor", "middle"), Figures.Fixed(value, 1))));

    private XElement Frame(string id, string description) => El(
        "svg", Class("retention"), Attr("viewBox", $"0 0 {Width} {Height}"), Attr("width", Width), Attr("height", Height), Attr("role", "img"),
        Attr("aria-labelledby", id), El("title", Attr("id", id), description),
        new[] { 0, 0.25, 0.5, 0.75 }.Select(value => IntervalBar.Rectangle("grid", X(value), 0, 1, Height)),
        IntervalBar.Rectangle("whole", X(1), 0, 1, Height));

    private double X(double value) => Margin + Math.Clamp(value, 0, _end) / _end * (Width - 2 * Margin);
}
