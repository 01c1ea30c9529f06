using System.Text.Json.Nodes;
using Gate.Compression.Planning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights;

namespace Gate.Compression.Export.Formats;

/// <summary>
/// compressed-tensors: <c>pack-quantized</c>, packed densely as version 0.17 and later do, or as those before; <c>int-quantized</c> for 8-bit weights beside 8-bit activations; and
/// <c>float-quantized</c> for E4M3 floats. Scales have the element format of the model.
/// </summary>
/// <param name="dense">Codes packed across the borders of words, as from version 0.17 on; false: whole codes in each word, as before.</param>
internal sealed class CompressedTensorsFormat(bool dense = true) : LayerFormat
{
    private const string Packed = "pack-quantized", Integers = "int-quantized", Floats = "float-quantized", Mixed = "mixed-precision";

    /// <summary>The option that asks for the packing of versions before 0.17.</summary>
    public const string PaddedName = "compressed-tensors-0.16";

    public override string Name => dense ? "compressed-tensors" : PaddedName;

    // The version of the library whose layout this is: readers choose the packing of 3, 5, 6 and 7 bits by it.
    private string Version => dense ? "0.18.0" : "0.16.0";

    public override NumberFormat ScaleFormat(NumberFormat layer) => layer;

    public override bool HoldsGroupIndex => true;

    public override string? Objection(PlannedLayer planned) => null;

    public override IEnumerable<StoredTensor> Tensors(LinearLayer layer, QuantizationRecipe recipe, NumberFormat scales) => PackedForm.Tensors(layer, recipe, scales, dense);

    public override IReadOnlyList<LayerPart> Parts(LinearLayer layer, QuantizedMatrix matrix, NumberFormat scales, QuantizationRecipe recipe)
    {
        if (LayoutOf(recipe) is not Packed)
            return Elements(layer, matrix, scales, recipe);
        (int rows, int columns, int groups, int middle) = (matrix.Rows, matrix.Columns, matrix.Groups, 1 << (matrix.Bits - 1));
        sbyte[] codes = [.. matrix.Codes.Select(code => (sbyte)(code - middle))];
        List<LayerPart> parts =
        [
            LayerPart.Of<uint>(
                $"{layer.WeightTensor}_packed", NumberFormat.Int32, CompressedTensorsPacking.Pack(codes, rows, columns, matrix.Bits, dense),
                rows, CompressedTensorsPacking.WordsPerRow(columns, matrix.Bits, dense)),
            LayerPart.Of<ushort>($"{layer.WeightTensor}_scale", scales, Scales(matrix, scales), rows, groups),
            LayerPart.Of<long>($"{layer.WeightTensor}_shape", NumberFormat.Int64, [rows, columns], 2),
        ];
        if (!recipe.Symmetric)
        {
            sbyte[] zeros = [.. matrix.Grids.Select(grid => (sbyte)(grid.Zero - middle))];
            parts.Add(LayerPart.Of<uint>(
                $"{layer.WeightTensor}_zero_point", NumberFormat.Int32, CompressedTensorsPacking.PackZeros(zeros, rows, groups, matrix.Bits, dense),
                CompressedTensorsPacking.WordsPerRow(rows, matrix.Bits, dense), groups));
        }

        if (recipe.HasScatteredGroups)
            parts.Add(LayerPart.Of<int>($"{layer.Name}.weight_g_idx", NumberFormat.Int32, matrix.GroupIndex, columns));
        return parts;
    }

    protected override string? GridObjection(QuantizationRecipe quantize) => quantize.Grid == "fp8-e4m3" && quantize.GroupSize is null ? null
        : quantize.Grid == "fp8-e4m3" ? $"float8 in groups of {quantize.GroupSize}; runtimes read one scale for each output channel or tensor"
        : base.GridObjection(quantize);

    private static string LayoutOf(QuantizationRecipe recipe) => recipe.Activations == "int8" ? Integers : recipe.Grid == "fp8-e4m3" ? Floats : Packed;

    // One byte for each weight: signed integers, or the bits of E4M3 floats.
    private static LayerPart[] Elements(LinearLayer layer, QuantizedMatrix matrix, NumberFormat scales, QuantizationRecipe recipe)
    {
        bool isFloat = LayoutOf(recipe) is Floats, isWhole = recipe.Granularity == "tensor";
        byte[] codes = isFloat ? matrix.Codes : [.. matrix.Codes.Select(code => (byte)(code - 128))];
        ushort[] stored = Scales(matrix, scales);
        return
        [
            LayerPart.Of<byte>(layer.WeightTensor, isFloat ? NumberFormat.Float8E4M3 : NumberFormat.Int8, codes, matrix.Rows, matrix.Columns),
            isWhole
                ? LayerPart.Of<ushort>($"{layer.WeightTensor}_scale", scales, stored.AsSpan(0, 1), 1)
                : LayerPart.Of<ushort>($"{layer.WeightTensor}_scale", scales, stored, matrix.Rows, matrix.Groups),
        ];
    }

    public override JsonObject Configuration(CompressionPlan plan, IReadOnlyList<LinearLayer> untouched)
    {
        PlannedLayer[] quantized = [.. plan.Layers.Where(planned => planned.Quantize is not null)];
        var kinds = quantized
            .GroupBy(planned => (LayoutOf(planned.Quantize!), planned.Quantize!.Bits, planned.Quantize.GroupSize, planned.Quantize.Symmetric, planned.Quantize.Granularity,
                planned.Quantize.HasScatteredGroups))
            .ToArray();
        JsonObject groups = [];
        for (int i = 0; i < kinds.Length; i++)
        {
            // One kind covers every linear layer that is not ignored; several name theirs one by one.
            string[] targets = kinds.Length == 1 ? ["Linear"] : [.. kinds[i].Select(planned => planned.Layer.Name)];
            groups[$"group_{i}"] = Group(targets, kinds[i].First().Quantize!);
        }

        string[] ignored = [.. untouched.Concat(plan.Layers.Where(planned => planned.Quantize is null).Select(planned => planned.Layer)).Select(layer => layer.Name)];

        // A head that is tied to the embedding is a linear module to the loader all the same.
        if (!plan.Layers.Select(planned => planned.Layer).Concat(untouched).Any(layer => layer.Name == "lm_head"))
            ignored = [.. ignored, "lm_head"];
        return new JsonObject
        {
            ["quant_method"] = "compressed-tensors",
            ["version"] = Version,
            ["format"] = quantized.Select(planned => LayoutOf(planned.Quantize!)).Distinct().ToArray() is [var only] ? only : Mixed,
            ["quantization_status"] = "compressed",
            ["global_compression_ratio"] = null,
            ["ignore"] = List(ignored),
            ["kv_cache_scheme"] = null,
            ["sparsity_config"] = new JsonObject(),
            ["transform_config"] = new JsonObject(),
            ["config_groups"] = groups,
        };
    }

    private static JsonObject Group(string[] targets, QuantizationRecipe quantize) => new()
    {
        ["targets"] = List(targets),
        ["format"] = LayoutOf(quantize),
        ["input_activations"] = quantize.Activations == "int8" ? Arguments("int", 8, true, "token", null, dynamic: true, observer: null) : null,
        ["output_activations"] = null,
        ["weights"] = Arguments(
            quantize.Grid == "fp8-e4m3" ? "float" : "int", quantize.Bits, quantize.Symmetric,
            quantize.GroupSize is null ? quantize.Granularity : "group", quantize.GroupSize, dynamic: false, "memoryless_minmax",
            quantize.HasScatteredGroups ? "group" : null),
    };

    private static JsonObject Arguments(string type, int bits, bool symmetric, string strategy, int? groupSize, bool dynamic, string? observer, string? order = null) => new()
    {
        ["num_bits"] = bits,
        ["type"] = type,
        ["symmetric"] = symmetric,
        ["strategy"] = strategy,
        ["group_size"] = groupSize,
        ["block_structure"] = null,
        ["actorder"] = order,
        ["dynamic"] = dynamic,
        ["scale_dtype"] = null,
        ["zp_dtype"] = null,
        ["observer"] = observer,
        ["observer_kwargs"] = new JsonObject(),
    };

    private static JsonArray List(IEnumerable<string> items) => [.. items.Select(item => (JsonNode)item)];
}
