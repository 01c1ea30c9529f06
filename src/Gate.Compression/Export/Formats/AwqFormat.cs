using System.Text.Json.Nodes;
using Gate.Compression.Planning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights;

namespace Gate.Compression.Export.Formats;

/// <summary>AWQ in the GEMM layout: 4 bit, a zero point for every group (8 where the grid is symmetric).</summary>
internal sealed class AwqFormat : LayerFormat
{
    private const int Multiple = 8;

    public override string Name => "awq";

    public override NumberFormat ScaleFormat(NumberFormat layer) => NumberFormat.Float16;

    public override string? Objection(PlannedLayer planned)
    {
        if (planned.Quantize!.Bits != 4)
            return $"{planned.Quantize.Bits} bits; the layout has 4";
        if (planned.Layer.Name == "lm_head")
            return "the layout leaves the final dense layer alone; exclude it";
        return planned.Layer.Outputs % Multiple == 0 ? null : $"{planned.Layer.Outputs} outputs; the layout needs a multiple of {Multiple}";
    }

    public override bool HasOneGrid => true;

    public override IEnumerable<StoredTensor> Tensors(LinearLayer layer, QuantizationRecipe recipe, NumberFormat scales)
    {
        long groups = recipe.GroupSize is { } size ? layer.Inputs / size : 1;
        return
        [
            new StoredTensor($"{layer.Name}.qweight", NumberFormat.Int32, [layer.Inputs, layer.Outputs / Multiple]),
            new StoredTensor($"{layer.Name}.qzeros", NumberFormat.Int32, [groups, layer.Outputs / Multiple]),
            new StoredTensor($"{layer.Name}.scales", scales, [groups, layer.Outputs]),
        ];
    }

    public override IReadOnlyList<LayerPart> Parts(LinearLayer layer, QuantizedMatrix matrix, NumberFormat scales, QuantizationRecipe recipe)
    {
        (int rows, int columns, int groups) = (matrix.Rows, matrix.Columns, matrix.Groups);
        byte[] codes = Transpose<byte>(matrix.Codes, rows, columns);
        byte[] zeros = Transpose<byte>([.. matrix.Grids.Select(grid => (byte)grid.Zero)], rows, groups);
        return
        [
            LayerPart.Of<uint>($"{layer.Name}.qweight", NumberFormat.Int32, AwqPacking.Pack(codes, columns, rows), columns, rows / Multiple),
            LayerPart.Of<uint>($"{layer.Name}.qzeros", NumberFormat.Int32, AwqPacking.Pack(zeros, groups, rows), groups, rows / Multiple),
            LayerPart.Of<ushort>($"{layer.Name}.scales", scales, Transpose<ushort>(Scales(matrix, scales), rows, groups), groups, rows),
        ];
    }

    public override JsonObject Configuration(CompressionPlan plan, IReadOnlyList<LinearLayer> untouched)
    {
        QuantizationRecipe[] recipes = [.. plan.Layers.Where(planned => planned.Quantize is not null).Select(planned => planned.Quantize!).Distinct()];
        if (recipes.Length > 1)
            throw CannotHold(Name, "layers with different groups or grids");
        string[] dense = [.. untouched.Concat(plan.Layers.Where(planned => planned.Quantize is null).Select(planned => planned.Layer)).Select(layer => layer.Name)];
        return new JsonObject
        {
            ["quant_method"] = "awq",
            ["bits"] = 4,
            ["group_size"] = recipes[0].GroupSize ?? -1,
            ["zero_point"] = true,
            ["version"] = "gemm",
            ["modules_to_not_convert"] = dense.Length == 0 ? null : new JsonArray([.. dense.Select(name => (JsonNode)name)]),
        };
    }
}
