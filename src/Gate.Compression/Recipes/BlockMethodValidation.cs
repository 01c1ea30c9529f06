using System.Collections.Immutable;
using Gate.Compression.Quantization;
using Gate.Diagnostics;
using Gate.Models.Structure;

namespace Gate.Compression.Recipes;

/// <summary>Checks recipes whose quantiser is that of a GGUF block format: it fixes bits, groups and grid.</summary>
internal static class BlockMethodValidation
{
    /// <summary>Checks that nothing is asked for that the format does not leave open.</summary>
    /// <exception cref="GateException">Exit 2 (GATE4122).</exception>
    public static void EnsureValid(QuantizationRecipe quantize)
    {
        if (BlockMethod.Find(quantize.Method) is not { } method)
            return;
        (string Key, string Found)? other =
            quantize.Bits != method.Bits ? ("bits", $"{quantize.Bits}")
            : quantize.GroupSize is { } size ? ("groupSize", $"{size}")
            : !quantize.Symmetric ? ("symmetric", "false")
            : quantize.SymmetricRange != "restricted" ? ("symmetricRange", $"\"{quantize.SymmetricRange}\"")
            : quantize.Activations != "exact" ? ("activations", $"\"{quantize.Activations}\"")
            : quantize.Grid != "integer" ? ("grid", $"\"{quantize.Grid}\"")
            : quantize.Granularity != "channel" ? ("granularity", $"\"{quantize.Granularity}\"")
            : quantize.Clipping != "none" ? ("clipping", $"\"{quantize.Clipping}\"")
            : null;
        if (other is { } setting)
        {
            throw GateException.Usage(
                "GATE4122", $"recipe.quantize.{setting.Key}: method \"{method.Name}\" fixes it ({method.Bits} bit, blocks of {method.BlockSize}), found {setting.Found}.",
                remedy: $"Leave {setting.Key} out, or use method \"rtn\" or \"gptq\" to choose it.");
        }
    }

    /// <summary>Checks that blocks divide the inputs of every layer.</summary>
    /// <exception cref="GateException">Exit 2 (GATE4005).</exception>
    public static void EnsureDivides(QuantizationRecipe quantize, ImmutableArray<LinearLayer> layers)
    {
        if (BlockMethod.Find(quantize.Method) is not { } method || layers.FirstOrDefault(layer => layer.Inputs % method.BlockSize != 0) is not { } layer)
            return;
        string smaller = method.BlockSize > 32 && layer.Inputs % 32 == 0 ? ", or use q8_0, q4_1 or q4_0, whose blocks have 32" : "";
        throw GateException.Usage(
            "GATE4005", $"recipe.quantize.method: {layer.Name} has {layer.Inputs} inputs, which the blocks of {method.Name} ({method.BlockSize} inputs) do not divide.",
            remedy: $"Exclude the layer{smaller}.");
    }

    /// <summary>Checks that pruned weights stay zeros.</summary>
    /// <exception cref="GateException">Exit 2 (GATE4123).</exception>
    public static void EnsureKeepsZeros(PruningRecipe prune, QuantizationRecipe quantize)
    {
        if (BlockMethod.Find(quantize.Method) is not { HoldsZero: false } method || prune is { Pattern: null, Sparsity: 0 })
            return;
        throw GateException.Usage(
            "GATE4123", $"recipe: pruned weights must stay 0, but the grids of method \"{method.Name}\" need not hold 0.",
            remedy: "Use \"q4_0\", \"q6_k\", \"q8_0\" or \"rtn\", whose grids do, or leave the pruning out.");
    }
}
