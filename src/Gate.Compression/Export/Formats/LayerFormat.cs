using System.Text.Json.Nodes;
using Gate.Compression.Planning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Gguf;
using Gate.Models.Gguf.Writing;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export.Formats;

/// <summary>A format of quantised layers in safetensors files: which recipes it can hold, which tensors a layer becomes, and what the configuration says.
/// Codes are stored as the quantiser computed them, never rounded again.</summary>
internal abstract class LayerFormat
{
    /// <summary>The format as the configuration and messages name it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it holds the blocks of a <see cref="BlockMethod"/>.</summary>
    public virtual bool HoldsBlocks => false;

    /// <summary>Whether a recipe must quantise a layer for the format to be of use.</summary>
    public virtual bool NeedsQuantizedLayers => true;

    /// <summary>The format of a layout, or null for dense weights.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="dense">The dense model.</param>
    /// <exception cref="GateException">Exit 2: a model or tokenizer that the format cannot hold.</exception>
    public static LayerFormat? Of(CandidateLayout layout, Model dense) => layout switch
    {
        CandidateLayout.CompressedTensors => new CompressedTensorsFormat(),
        CandidateLayout.CompressedTensorsPadded => new CompressedTensorsFormat(dense: false),
        CandidateLayout.Gptq => new GptqFormat(),
        CandidateLayout.Awq => new AwqFormat(),
        CandidateLayout.Gguf => new GgufFormat(PlacesOf(dense.GgufHeader(), dense)),
        _ => null,
    };

    /// <summary>In which element format scales are stored.</summary>
    /// <param name="layer">Element format of the layer in the candidate, were it dense.</param>
    public abstract NumberFormat ScaleFormat(NumberFormat layer);

    /// <summary>In which precision grids are stored.</summary>
    /// <param name="layer">Element format of the layer in the candidate, were it dense.</param>
    public virtual ScaleStorage Scales(NumberFormat layer) => new(ScaleFormat(layer));

    /// <summary>The tensor that holds the blocks of a layer; for formats that hold them.</summary>
    public virtual LayerPart BlockPart(LinearLayer layer, BlockMatrix blocks) => throw new InvalidOperationException($"{Name} holds no blocks.");

    /// <summary>Why the format cannot hold a layer, or null when it can.</summary>
    public abstract string? Objection(PlannedLayer planned);

    /// <summary>Whether it holds an index of the group of each column.</summary>
    public virtual bool HoldsGroupIndex => false;

    /// <summary>Whether every quantised layer must have the same bits, groups and grid.</summary>
    public virtual bool HasOneGrid => false;

    /// <summary>The tensors a quantised layer becomes, from shapes alone: what <see cref="Parts"/> gives, counted before there are codes.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="recipe">Its quantisation.</param>
    /// <param name="scales">What <see cref="ScaleFormat"/> gave.</param>
    public virtual IEnumerable<StoredTensor> Tensors(LinearLayer layer, QuantizationRecipe recipe, NumberFormat scales) =>
        throw new InvalidOperationException($"{Name} counts whole files.");

    /// <summary>The tensors a quantised layer becomes.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="matrix">Its codes and grids.</param>
    /// <param name="scales">What <see cref="ScaleFormat"/> gave.</param>
    /// <param name="recipe">Its quantisation.</param>
    public abstract IReadOnlyList<LayerPart> Parts(LinearLayer layer, QuantizedMatrix matrix, NumberFormat scales, QuantizationRecipe recipe);

    /// <summary>The value of <c>quantization_config</c>.</summary>
    /// <param name="plan">The plan; at least one layer is quantised.</param>
    /// <param name="untouched">Linear layers that stay dense.</param>
    public abstract JsonObject Configuration(CompressionPlan plan, IReadOnlyList<LinearLayer> untouched);

    /// <summary>Refuses a plan that a layout cannot hold.</summary>
    /// <exception cref="GateException">Exit 2: a layer the format has no place for (GATE4060), or a dense model that is quantised already (GATE4061).</exception>
    public static void Check(CompressionPlan plan, Model dense)
    {
        if (dense.Checkpoint.Quantization is { } quantization)
        {
            throw GateException.Usage(
                "GATE4061", $"{dense.Checkpoint.Folder} is quantised already ({quantization}); Gate compresses models of 16- or 32-bit numbers.", new SourceLocation(dense.Checkpoint.Folder),
                "Compress the model it was made from, or judge it as a candidate with 'gate compare'.");
        }

        if (plan.Layout is not (CandidateLayout.CompressedTensors or CandidateLayout.CompressedTensorsPadded) && plan.Layers.Any(planned => planned.Quantize is { Activations: not "exact" }))
            throw CannotHold(LayoutNames.Of(plan.Layout), "activations as 8-bit integers, which only compressed-tensors can state");
        if (Of(plan.Layout, dense) is not { } format)
            return;
        PlannedLayer[] quantized = [.. plan.Layers.Where(planned => planned.Quantize is not null)];
        if (quantized.Length == 0 && format.NeedsQuantizedLayers)
            throw CannotHold(format.Name, "a recipe that quantises no layer");
        foreach (PlannedLayer planned in quantized)
        {
            if (format.AnyObjection(planned) is { } objection)
                throw CannotHold(format.Name, $"{planned.Layer.Name}: {objection}");
        }
    }

    /// <summary>Why the format cannot hold what is planned for a layer, or null when it can.</summary>
    public string? AnyObjection(PlannedLayer planned) =>
        planned.Quantize is not { } quantize ? null
        : !HoldsBlocks && BlockMethod.Find(quantize.Method) is { } method ? $"{method.Name}, a block format of GGUF"
        : quantize.HasScatteredGroups && !HoldsGroupIndex ? "groups of columns in activation order; the layout has no index of groups (set staticGroups, or leave actOrder out)"
        : planned.Layer.IsTransposed && this is not GgufFormat ? "weights stored as [inputs, outputs] (Conv1D, stacked experts), which readers of the layout do not look for"
        : GridObjection(quantize) ?? Objection(planned);

    /// <summary>The refusal of a recipe that a format has no place for.</summary>
    public static GateException CannotHold(string format, string found) => GateException.Usage(
        "GATE4060", $"The output format '{format}' cannot hold what the recipe computes: {found}.",
        remedy: "Choose another 'output.format' (\"dense\" holds everything), or change the recipe; Gate never rounds codes a second time to make them fit.");

    // Formats of integer codes with a scale for every row and group.
    protected virtual string? GridObjection(QuantizationRecipe quantize) =>
        quantize.Grid != "integer" ? $"codes of the {quantize.Grid} grid; the layout holds integers"
        : quantize.Granularity == "tensor" ? "one scale for the whole matrix; the layout has one for every output"
        : null;

    /// <summary>The scales of a matrix in their stored format, [rows, groups].</summary>
    protected static ushort[] Scales(QuantizedMatrix matrix, NumberFormat format) =>
        [.. matrix.Grids.Select(grid => format == NumberFormat.BFloat16 ? BFloat16Conversion.Narrow(grid.Scale) : Float16Conversion.Narrow(grid.Scale))];

    /// <summary>[rows, columns] turned into [columns, rows].</summary>
    protected static T[] Transpose<T>(ReadOnlySpan<T> source, int rows, int columns)
    {
        T[] result = new T[source.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                result[(column * rows) + row] = source[(row * columns) + column];
        }

        return result;
    }

    private static Func<LinearLayer, GgufPlace> PlacesOf(GgufHeader header, Model dense) =>
        layer => header.PlaceOf(dense.Checkpoint.Require(layer.WeightTensor))!;
}
