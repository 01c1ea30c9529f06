using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>Theory beside bytes.</summary>
internal static class SizeSection
{
    private const double Width = 260;

    /// <summary>The section.</summary>
    public static XElement Of(GateResults results)
    {
        SizeInfo size = results.Size;
        HtmlTable table = new("Sizes in bytes", "sizes", ("What", "name"), ("Bytes", "number"), ("Of dense at 16 bit", "number"), ("", "drawing"));
        AddRow(table, "Dense, all tensors at 16 bit", size.DenseBytes16, size);
        AddRow(table, "Candidate, weight files on disk", size.CandidateFileBytes, size);
        AddRow(table, "Candidate, packed by its recipe", size.CandidatePackedBytes, size);
        if (Masks.PackedBytes(size) is { } masked)
            AddRow(table, "The same with zeros behind a one-bit mask", masked, size);
        return Section(
            "sizes", "Sizes", table.Element, Masks.Note(size) is { } note ? El("p", note) : null,
            El(
                "dl", Class("facts"),
                Fact("TCr, theoretical compression rate of the compressed layers", Figures.CompressionRate(size)),
                Fact("Bits per weight, packed, scales and zeros included", Figures.Bits(size.BitsPerWeight)),
                Fact("Bits per kept weight", Figures.Bits(size.Bits)), Fact("Zeros among the compressed weights", Figures.Percent(size.Sparsity)),
                Fact($"SrCr by {results.Suite.FormulaId}: {results.Suite.Formula}", $"{Figures.Score(results.Suite.SrCr?.Value)} {Figures.Interval(results.Suite.SrCr)}"),
                Fact("Recipe", results.Compression?.Recipe ?? "unknown: the candidate was made elsewhere")));
    }

    /// <summary>A name and its value in a list of facts.</summary>
    public static XElement Fact(string name, params object?[] value) => El("div", El("dt", name), El("dd", value));

    private static void AddRow(HtmlTable table, string what, long bytes, SizeInfo size)
    {
        double share = (double)bytes / size.DenseBytes16;
        double largest = new[] { size.DenseBytes16, size.CandidateFileBytes, size.CandidatePackedBytes, Masks.PackedBytes(size) ?? 0 }.Max();
        XElement drawing = El(
            "svg", Class("size"), Attr("viewBox", $"0 0 {Width} 14"), Attr("width", Width), Attr("height", 14), Attr("aria-hidden", "true"),
            IntervalBar.Rectangle("bar", 0, 2, Math.Max(bytes / Math.Max(largest, 1) * Width, 1), 10));
        table.Add([], El("b", what), Figures.Bytes(bytes), Figures.Percent(share), drawing);
    }
}
