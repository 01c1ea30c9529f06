using Gate.Diagnostics;

namespace Gate.Compression.Recipes;

/// <summary>Checks which numbers of bits, groups and scales go with a grid.</summary>
public static class GridValidation
{
    private const int SharedExponentGroup = 32, NormalFloatGroup = 64;

    /// <summary>Bits of a grid's codes, or null where the recipe says.</summary>
    /// <param name="grid">One of <see cref="MethodNames.Grids"/>.</param>
    public static int? BitsOf(string grid) => grid switch { "fp8-e4m3" => 8, "nf4" or "mxfp4" => 4, _ => null };

    /// <summary>The group size a grid has when the recipe names none, or null for one scale per channel or tensor.</summary>
    /// <param name="grid">One of <see cref="MethodNames.Grids"/>.</param>
    public static int? GroupSizeOf(string grid) => grid switch { "nf4" => NormalFloatGroup, "mxfp4" => SharedExponentGroup, _ => null };

    /// <exception cref="GateException">Exit 2.</exception>
    internal static void EnsureValid(QuantizationRecipe quantize)
    {
        MethodNames.EnsureKnown("recipe.quantize.grid", quantize.Grid, MethodNames.Grids, "GATE4003");
        MethodNames.EnsureKnown("recipe.quantize.granularity", quantize.Granularity, MethodNames.ScaleGranularities, "GATE4003");
        if (quantize.Granularity == "tensor" && (quantize.GroupSize is not null || quantize.Clipping != "none"))
        {
            throw GateException.Usage(
                "GATE4100", $"recipe.quantize.granularity: \"tensor\" is one scale for the whole matrix, found {(quantize.GroupSize is { } size ? $"groups of {size}" : $"clipping \"{quantize.Clipping}\"")} beside it.",
                remedy: "Remove groupSize and clipping, or remove granularity.");
        }

        if (BitsOf(quantize.Grid) is not { } bits)
            return;
        if (quantize.Bits != bits)
        {
            throw GateException.Usage(
                "GATE4100", $"recipe.quantize.bits: the {quantize.Grid} grid has {bits} bits, found {quantize.Bits}.", remedy: "Remove bits, or use the integer grid.");
        }

        if (!quantize.Symmetric || quantize.SymmetricRange != "restricted")
        {
            throw GateException.Usage(
                "GATE4100", $"recipe.quantize: symmetric and symmetricRange are for the integer grid, found grid \"{quantize.Grid}\".",
                remedy: "Remove symmetric and symmetricRange, or use the integer grid.");
        }

        if (quantize.Grid == "mxfp4" && quantize.GroupSize != SharedExponentGroup)
        {
            throw GateException.Usage(
                "GATE4100", $"recipe.quantize.groupSize: mxfp4 shares an exponent among {SharedExponentGroup} weights, found {(quantize.GroupSize is { } group ? $"{group}" : "no groups")}.",
                remedy: $"Write \"groupSize\": {SharedExponentGroup} or leave it out, or use the nf4 grid, which has any group size.");
        }
    }
}
