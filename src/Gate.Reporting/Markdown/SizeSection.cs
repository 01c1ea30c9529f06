using System.Text;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Markdown;

/// <summary>Sizes, theory beside bytes, and what the recipe could not do as written.</summary>
internal static class SizeSection
{
    /// <summary>The table of sizes and the recipe.</summary>
    public static void Append(StringBuilder text, GateResults results)
    {
        SizeInfo size = results.Size;
        text.Append("## Sizes\n\n");
        MarkdownTable table = new("what", ">size", ">of dense at 16 bit");
        table.Add("theory: TCr over the compressed layers", Figures.Percent(size.TheoreticalCompressionRate) + " saved", Remaining(size));
        table.Add("dense, all tensors at 16 bit", Figures.Bytes(size.DenseBytes16), "100 %");
        table.Add("candidate, weight files on disk", Figures.Bytes(size.CandidateFileBytes), Share(size.CandidateFileBytes, size));
        table.Add("candidate, packed by its recipe", Figures.Bytes(size.CandidatePackedBytes), Share(size.CandidatePackedBytes, size));
        if (Masks.PackedBytes(size) is { } masked)
            table.Add("the same with zeros behind a one-bit mask", Figures.Bytes(masked), Share(masked, size));
        table.Add("bits per weight, scales and zeros included", Figures.Bits(size.BitsPerWeight), "n/a");
        table.Add("bits per kept weight", Figures.Bits(size.Bits), "n/a");
        table.Add("zeros among the compressed weights", Figures.Percent(size.Sparsity), "n/a");
        table.AppendTo(text);
        if (Masks.Note(size) is { } note)
            text.Append($"{note}\n\n");
        if (results.Compression is not { } compression)
        {
            text.Append("The candidate was made elsewhere; its recipe is unknown.\n\n");
            return;
        }

        text.Append($"Recipe: {MarkdownText.Escape(compression.Recipe)}; {compression.Layers.Length} layers.\n\n");
        LayerInfo[] exceptions = [.. compression.Layers.Where(layer => layer.Fallback is not null)];
        foreach (LayerInfo layer in exceptions)
            text.Append($"- Not as the recipe says: **{MarkdownText.Escape(layer.Name)}**, {MarkdownText.Escape(layer.Fallback)}\n");
        if (exceptions.Length > 0)
            text.Append('\n');
    }

    private static string Remaining(SizeInfo size) => Figures.Percent(1 - size.TheoreticalCompressionRate);

    private static string Share(long bytes, SizeInfo size) => Figures.Percent((double)bytes / size.DenseBytes16);
}
