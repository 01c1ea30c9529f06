using System.Globalization;
using System.Net;
using System.Text;
using Gate.Results;

namespace Gate.Core.Sweeps;

/// <summary>Draws retention against real bits and against TCr as one SVG, with bounds; on the TCr side also lines of equal SrCr.</summary>
public static class SweepPlot
{
    private const double Side = 360;
    private const double Margin = 56;

    /// <summary>The drawing; only candidates that reached the search split are in it.</summary>
    public static string Draw(SweepOutcome outcome)
    {
        SweepResult[] points = [.. outcome.Candidates.Where(candidate => candidate.Retention is not null)];
        var svg = new StringBuilder();
        double width = (2 * Side) + (4 * Margin), height = Side + (2 * Margin);
        svg.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n"));
        svg.Append("<title>Retention against real bits per weight and against TCr</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        double least = points.Length == 0 ? 0 : Math.Max(0, Math.Floor(points.Min(point => point.Retention!.Lower) * 10) / 10);
        double most = points.Length == 0 ? 16 : Math.Ceiling(points.Max(point => point.BitsPerWeight));
        var bits = new Panel(Margin, 0, most, least);
        var rate = new Panel((3 * Margin) + Side, 0, 1, least);
        Axes(svg, bits, "real bits per weight", Math.Max(1, most / 8));
        Axes(svg, rate, "TCr", 0.125);
        Isolines(svg, rate, least);
        Floor(svg, bits, outcome.Floor);
        Floor(svg, rate, outcome.Floor);
        Line(svg, bits, outcome.Frontier.Bytes, point => point.BitsPerWeight, points);
        Line(svg, rate, outcome.Frontier.CompressionRate, point => point.CompressionRate, points);
        foreach (SweepResult point in points)
        {
            Point(svg, bits, point.BitsPerWeight, point, point.Name == outcome.Recommended);
            Point(svg, rate, point.CompressionRate, point, point.Name == outcome.Recommended);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Axes(StringBuilder svg, Panel panel, string name, double step)
    {
        svg.Append(Invariant($"<rect x=\"{panel.Left:0.#}\" y=\"{Margin}\" width=\"{Side}\" height=\"{Side}\" fill=\"none\" stroke=\"#444444\"/>\n"));
        for (double x = panel.Least; x <= panel.Most + 1e-9; x += step)
            svg.Append(Invariant($"<text x=\"{panel.X(x):0.#}\" y=\"{Margin + Side + 16}\" text-anchor=\"middle\">{x:0.###}</text>\n"));
        for (double y = panel.LeastRetention; y <= 1 + 1e-9; y += 0.1)
            svg.Append(Invariant($"<text x=\"{panel.Left - 6:0.#}\" y=\"{panel.Y(y) + 4:0.#}\" text-anchor=\"end\">{y:0.0}</text>\n"));
        svg.Append(Invariant($"<text x=\"{panel.Left + (Side / 2):0.#}\" y=\"{Margin + Side + 36}\" text-anchor=\"middle\">{name}</text>\n"));
        svg.Append(Invariant($"<text x=\"{panel.Left:0.#}\" y=\"{Margin - 12}\">Sr with bounds</text>\n"));
    }

    private static void Isolines(StringBuilder svg, Panel panel, double least)
    {
        for (int tenths = 4; tenths <= 9; tenths++)
        {
            double product = tenths / 10.0;
            double from = product, to = Math.Min(1, least > 0 ? product / least : 1);
            IEnumerable<string> line = Enumerable.Range(0, 33).Select(i => from + ((to - from) * i / 32))
                .Select(rate => Invariant($"{panel.X(rate):0.#},{panel.Y(product / rate):0.#}"));
            svg.Append(Invariant($"<polyline points=\"{string.Join(' ', line)}\" fill=\"none\" stroke=\"#bbbbbb\" stroke-dasharray=\"3 3\"/>\n"));
            svg.Append(Invariant($"<text x=\"{panel.X(from):0.#}\" y=\"{Margin - 2}\" fill=\"#888888\" font-size=\"10\">{product:0.0}</text>\n"));
        }
    }

    private static void Floor(StringBuilder svg, Panel panel, double floor)
    {
        if (floor >= panel.LeastRetention)
            svg.Append(Invariant($"<line x1=\"{panel.Left:0.#}\" x2=\"{panel.Left + Side:0.#}\" y1=\"{panel.Y(floor):0.#}\" y2=\"{panel.Y(floor):0.#}\" stroke=\"#aa3377\"/>\n"));
    }

    private static void Line(StringBuilder svg, Panel panel, IEnumerable<string> frontier, Func<SweepResult, double> x, SweepResult[] points)
    {
        IEnumerable<string> corners = frontier.Select(name => points.First(point => point.Name == name))
            .Select(point => Invariant($"{panel.X(x(point)):0.#},{panel.Y(point.Retention!.Value):0.#}"));
        svg.Append(Invariant($"<polyline points=\"{string.Join(' ', corners)}\" fill=\"none\" stroke=\"#bbbbbb\" stroke-dasharray=\"4 3\"/>\n"));
    }

    private static void Point(StringBuilder svg, Panel panel, double x, SweepResult point, bool recommended)
    {
        Estimate retention = point.Retention!;
        string color = point.Sparsity == 0 ? "#0077bb" : point.Bits == 16 ? "#ee7733" : "#009988";
        double at = panel.X(x);
        svg.Append(Invariant($"<line x1=\"{at:0.#}\" x2=\"{at:0.#}\" y1=\"{panel.Y(retention.Lower):0.#}\" y2=\"{panel.Y(Math.Min(1, retention.Upper)):0.#}\" stroke=\"{color}\"/>\n"));
        double y = panel.Y(retention.Value), size = recommended ? 7 : 4;

        // A diamond is planned, a circle is of the grid.
        string shape = point.Planned is null
            ? Invariant($"circle cx=\"{at:0.#}\" cy=\"{y:0.#}\" r=\"{size}\"")
            : Invariant($"path d=\"M{at:0.#} {y - size - 1:0.#}L{at + size + 1:0.#} {y:0.#}L{at:0.#} {y + size + 1:0.#}L{at - size - 1:0.#} {y:0.#}Z\"");
        svg.Append(Invariant($"<{shape} fill=\"{color}\" stroke=\"{(recommended ? "#aa3377" : color)}\" stroke-width=\"2\"><title>{WebUtility.HtmlEncode(point.Name)}: Sr {retention.Value:0.000} [{retention.Lower:0.000}, {retention.Upper:0.000}]</title></{(point.Planned is null ? "circle" : "path")}>\n"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Panel(double Left, double Least, double Most, double LeastRetention)
    {
        public double X(double value) => Left + ((value - Least) / (Most - Least) * Side);

        public double Y(double retention) => Margin + Side - ((Math.Clamp(retention, LeastRetention, 1) - LeastRetention) / (1 - LeastRetention + 1e-12) * Side);
    }
}
