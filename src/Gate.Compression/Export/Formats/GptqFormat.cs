using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gate.Compression.Planning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights;

namespace Gate.Compression.Export.Formats;

/// <summary>The GPTQ layout: version 1, which every runtime reads, for symmetric grids; version 2 for asymmetric ones, whose zero point may be 0.</summary>
internal sealed class GptqFormat : LayerFormat
{
    private const int Multiple = 32;

    public override string Name => "gptq";

    public override NumberFormat ScaleFormat(NumberFormat layer) => NumberFormat.Float16;

    public override string? Objection(PlannedLayer planned)
    {
        if (planned.Quantize!.Bits is not (2 or 3 or 4 or 8))
            return $"{planned.Quantize.Bits} bits; the layout has 2, 3, 4 and 8";
        return planned.Layer.Inputs % Multiple == 0 && planned.Layer.Outputs % Multiple == 0
            ? null
            : $"{planned.Layer.Outputs} outputs and {planned.Layer.Inputs} inputs; the layout needs multiples of {Multiple}";
    }

    public override bool HasOneGrid => true;

    public override bool HoldsGroupIndex => true;

    public override IEnumerable<StoredTensor> Tensors(LinearLayer layer, QuantizationRecipe recipe, NumberFormat scales)
    {
        long groups = recipe.GroupSize is { } size ? layer.Inputs / size : 1;
        return
        [
            new StoredTensor($"{layer.Name}.qweight", NumberFormat.Int32, [layer.Inputs / 32 * recipe.Bits, layer.Outputs]),
            new StoredTensor($"{layer.Name}.qzeros", NumberFormat.Int32, [groups, layer.Outputs / 32 * recipe.Bits]),
            new StoredTensor($"{layer.Name}.scales", scales, [groups, layer.Outputs]),
            new StoredTensor($"{layer.Name}.g_idx", NumberFormat.Int32, [layer.Inputs]),
        ];
    }

    public override IReadOnlyList<LayerPart> Parts(LinearLayer layer, QuantizedMatrix matrix, NumberFormat scales, QuantizationRecipe recipe)
    {
        (int rows, int columns, int groups, int bits) = (matrix.Rows, matrix.Columns, matrix.Groups, matrix.Bits);
        byte[] zeros = Transpose<byte>([.. matrix.Grids.Select(grid => (byte)grid.Zero)], rows, groups);
        return
        [
            LayerPart.Of<uint>($"{layer.Name}.qweight", NumberFormat.Int32, GptqPacking.PackWeights(matrix.Codes, rows, columns, bits), columns / 32 * bits, rows),
            LayerPart.Of<uint>(
                $"{layer.Name}.qzeros", NumberFormat.Int32, GptqPacking.PackZeros(zeros, groups, rows, bits, recipe.Symmetric ? 1 : 2), groups, rows / 32 * bits),
            LayerPart.Of<ushort>($"{layer.Name}.scales", scales, Transpose<ushort>(Scales(matrix, scales), rows, groups), groups, rows),
            LayerPart.Of<int>($"{layer.Name}.g_idx", NumberFormat.Int32, matrix.GroupIndex, columns),
        ];
    }

    public override JsonObject Configuration(CompressionPlan plan, IReadOnlyList<LinearLayer> untouched)
    {
        QuantizationRecipe[] recipes = [.. plan.Layers.Where(planned => planned.Quantize is not null).Select(planned => planned.Quantize!).Distinct()];
        if (recipes.Length > 1)
            throw CannotHold(Name, "layers with different bits, groups or grids");
        JsonObject dynamic = [];
        foreach (LinearLayer layer in untouched.Concat(plan.Layers.Where(planned => planned.Quantize is null).Select(planned => planned.Layer)))
        {
            if (layer.Name != "lm_head")
                dynamic[$"-:^{Regex.Escape(layer.Name)}$"] = new JsonObject();
        }

        JsonObject configuration = new()
        {
            ["quant_method"] = "gptq",
            ["bits"] = recipes[0].Bits,
            ["group_size"] = recipes[0].GroupSize ?? -1,
            ["desc_act"] = recipes[0].HasScatteredGroups,
            ["sym"] = recipes[0].Symmetric,
            ["lm_head"] = plan.Layers.Any(planned => planned.Quantize is not null && planned.Layer.Name == "lm_head"),
            ["checkpoint_format"] = recipes[0].Symmetric ? "gptq" : "gptq_v2",
            ["pack_dtype"] = "int32",
        };
        if (dynamic.Count > 0)
            configuration["dynamic"] = dynamic;
        return configuration;
    }
}
