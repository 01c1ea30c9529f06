using System.Text.Json.Nodes;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Models.Gguf;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Compression.Export.Formats;

/// <summary>
/// GGUF blocks. A method of a block format gives its blocks; a uniform grid in groups of 32 is written code by code where a block format is that grid: 8 bit
/// symmetric as Q8_0, 4 bit symmetric as Q4_0, 4 bit asymmetric as Q4_1.
/// </summary>
/// <param name="place">Where a layer's weights go.</param>
internal sealed class GgufFormat(Func<LinearLayer, GgufPlace> place) : LayerFormat
{
    private const int Group = 32;

    public override string Name => "gguf";

    public override bool HoldsBlocks => true;

    public override bool NeedsQuantizedLayers => false;

    public override NumberFormat ScaleFormat(NumberFormat layer) => NumberFormat.Float16;

    public override ScaleStorage Scales(NumberFormat layer) => new(NumberFormat.Float16, WithMinimum: true);

    /// <summary>The block format that holds what a recipe computes, or null when none does.</summary>
    public static GgufBlockFormat? BlockFormatOf(QuantizationRecipe quantize)
    {
        if (BlockMethod.Find(quantize.Method) is { } method)
            return method.Format;
        return (quantize.GroupSize, quantize.Bits, quantize.Symmetric) switch
        {
            (Group, 8, true) => GgufBlockFormat.Q8_0,
            (Group, 4, true) => GgufBlockFormat.Q4_0,
            (Group, 4, false) => GgufBlockFormat.Q4_1,
            _ => null,
        };
    }

    public override string? Objection(PlannedLayer planned)
    {
        QuantizationRecipe quantize = planned.Quantize!;
        if (BlockFormatOf(quantize) is null)
        {
            string group = quantize.GroupSize is { } size ? $"groups of {size}" : "one scale per output row";
            return $"{quantize.Bits} bit, {(quantize.Symmetric ? "symmetric" : "asymmetric")}, {group}; GGUF has grids of 8 bit symmetric (Q8_0), 4 bit symmetric (Q4_0) "
                + "and 4 bit asymmetric (Q4_1), all in groups of 32, and the methods q4_k and q6_k";
        }

        return null;
    }

    public override IReadOnlyList<LayerPart> Parts(LinearLayer layer, QuantizedMatrix matrix, NumberFormat scales, QuantizationRecipe recipe)
    {
        GgufBlockFormat format = (matrix.Bits, recipe.Symmetric) switch
        {
            (8, true) => GgufBlockFormat.Q8_0,
            (4, true) => GgufBlockFormat.Q4_0,
            _ => GgufBlockFormat.Q4_1,
        };
        byte[] bytes = new byte[GgufBlocks.BytesOf(format, (long)matrix.Rows * matrix.Columns)];
        int blockBytes = GgufBlockFormats.BytesPerBlock(format);
        for (int block = 0; block < matrix.Grids.Length; block++)
        {
            QuantizationGrid grid = matrix.Grids[block];
            GgufBlocks.Store(format, grid.Scale, grid.Zero, matrix.Codes.AsSpan(block * Group, Group), bytes.AsSpan(block * blockBytes, blockBytes));
        }

        return [BlockPart(layer, new BlockMatrix(format, matrix.Rows, matrix.Columns, bytes))];
    }

    public override LayerPart BlockPart(LinearLayer layer, BlockMatrix blocks)
    {
        GgufPlace where = place(layer);
        byte[] ordered = new byte[blocks.Bytes.Length];
        for (int row = 0; row < blocks.Rows; row++)
            blocks.Bytes.AsSpan((int)where.ModelRow(row) * blocks.RowBytes, blocks.RowBytes).CopyTo(ordered.AsSpan(row * blocks.RowBytes));
        return new LayerPart(where.Name, NumberFormat.UInt8, [blocks.Rows, blocks.RowBytes], ordered);
    }

    public override JsonObject Configuration(CompressionPlan plan, IReadOnlyList<LinearLayer> untouched) =>
        throw new InvalidOperationException("A GGUF file has no configuration beside it.");
}
