using Gate.Diagnostics;

namespace Gate.Compression.Recipes;

/// <summary>Checks recipes that round activations as well.</summary>
internal static class ActivationValidation
{
    /// <summary>Integer activations need integer weights of 8 bits, one scale for each output and no zero points: what runtimes multiply.</summary>
    /// <exception cref="GateException">Exit 2 (GATE4124).</exception>
    public static void EnsureValid(QuantizationRecipe quantize)
    {
        MethodNames.EnsureKnown("recipe.quantize.activations", quantize.Activations, MethodNames.Activations, "GATE4003");
        if (quantize.Activations == "exact")
            return;
        string? other = quantize.Bits != 8 ? $"{quantize.Bits} bits"
            : !quantize.Symmetric ? "zero points"
            : quantize.GroupSize is { } size ? $"groups of {size}"
            : quantize.Grid != "integer" ? $"the grid \"{quantize.Grid}\""
            : quantize.Granularity != "channel" ? $"granularity \"{quantize.Granularity}\""
            : null;
        if (other is not null)
        {
            throw GateException.Usage(
                "GATE4124", $"recipe.quantize.activations: \"{quantize.Activations}\" goes with symmetric 8-bit weights and one scale for each output channel, found {other}.",
                remedy: "Write \"bits\": 8 and leave groupSize, symmetric, grid and granularity out, or leave activations out.");
        }
    }
}
