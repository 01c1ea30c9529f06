using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>Bits, sparsity and errors of each compressed layer.</summary>
internal static class LayerSection
{
    private const double Width = 1000;
    private const double Height = 100;

    /// <summary>The section; null when the candidate was made elsewhere.</summary>
    public static XElement? Of(GateResults results)
    {
        if (results.Compression is not { Layers.IsEmpty: false } compression)
            return results.Compression is null ? null : Section("layers", "Layers", El("p", "No layer was compressed."));
        LayerInfo[] layers = [.. compression.Layers];
        return Section(
            "layers", "Layers",
            El(
                "p", Class("note"),
                $"{layers.Length:N0} compressed layers in model order, first to last from left to right. Errors are relative and squared: of the weights "
                + "‖W − Ŵ‖² / ‖W‖²" + (layers.All(layer => layer.OutputError is null) ? "." : ", and of the layer's output on calibration inputs.")
                + (layers.Any(layer => layer.Fallback is not null) ? " Layers that could not follow the recipe have another colour." : "")),
            El(
                "div", Class("panels"),
                Panel("bits", "Bits per kept weight", layers, layer => layer.Bits, Figures.Bits),
                Panel("sparsity", "Share of zeros", layers, layer => layer.Sparsity, Figures.Percent),
                Panel("weight-error", "Error of the weights", layers, layer => layer.WeightError, value => Significant(value)),
                layers.All(layer => layer.OutputError is null)
                    ? null
                    : Panel("output-error", "Error of the output", layers, layer => layer.OutputError ?? double.NaN, value => Significant(value))),
            Table(layers));
    }

    private static XElement Panel(string id, string name, LayerInfo[] layers, Func<LayerInfo, double> valueOf, Func<double?, string> format)
    {
        double largest = layers.Select(valueOf).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        double step = Width / layers.Length;
        XElement drawing = El(
            "svg", Class("layers"), Attr("viewBox", $"0 0 {Width} {Height}"), Attr("preserveAspectRatio", "none"), Attr("role", "img"),
            Attr("aria-labelledby", id + "-title"), El("title", Attr("id", id + "-title"), $"{name} by layer, largest {format(largest)}"));
        for (int i = 0; i < layers.Length; i++)
        {
            double value = valueOf(layers[i]);
            double height = largest > 0 && double.IsFinite(value) ? Math.Max(value / largest * Height, 0) : 0;
            XElement bar = IntervalBar.Rectangle(layers[i].Fallback is null ? "bar" : "bar fallback", i * step + step * 0.08, Height - height, step * 0.84, height);
            bar.Add(El("title", $"{layers[i].Name}: {format(value)}"));
            drawing.Add(bar);
        }

        return El(
            "figure", El("figcaption", El("b", name), " ", El("span", Class("plain"), $"largest {format(largest)}")),
            El("div", Class("plot"), drawing));
    }

    private static XElement Table(LayerInfo[] layers)
    {
        HtmlTable table = new(
            "Layers", "layer-table", ("Layer", "name"), ("Weights", "number"), ("Bits", "number"), ("Group", "number"), ("Zeros", "number"), ("Weight error", "number"),
            ("Output error", "number"));
        foreach (LayerInfo layer in layers)
        {
            table.Add(
                [Class(layer.Fallback is null ? "followed" : "fallback")],
                (object?[])[El("code", layer.Name), El("span", Class("plain"), layer.Role), layer.Fallback is null ? null : El("p", Class("why"), layer.Fallback)],
                layer.Weights.ToString("N0"), Figures.Bits(layer.Bits), layer.GroupSize == 0 ? "channel" : layer.GroupSize.ToString(),
                Figures.Percent(layer.Sparsity), Significant(layer.WeightError), Significant(layer.OutputError));
        }

        return El("details", El("summary", El("b", "All layers"), " as a table"), table.Element);
    }

    private static string Significant(double? value) => value is null || !double.IsFinite(value.Value) ? "n/a" : value.Value.ToString("G3");
}
