using Gate.Diagnostics;

namespace Gate.Compression.Recipes;

/// <summary>Checks what a recipe says about scales that are folded into neighbouring tensors: AWQ and SmoothQuant.</summary>
internal static class FoldingValidation
{
    /// <exception cref="GateException">Exit 2.</exception>
    public static void EnsureValid(Recipe recipe)
    {
        if (recipe.Smooth is { } smooth)
            EnsureValid(smooth, recipe.Quantize);
        if (recipe.Quantize is not { Method: "awq" } awq)
            return;
        if (awq.Clipping != "none")
        {
            throw GateException.Usage(
                "GATE4101", $"recipe.quantize.clipping: awq has a clipping search of its own, found \"{awq.Clipping}\".", remedy: "Remove clipping, or use method \"rtn\".");
        }

        if (recipe.Calibration is { TrueSequential: true })
        {
            throw GateException.Usage(
                "GATE4101", "recipe.calibration.trueSequential: awq scales all layers of a block together, before any of them is rounded.",
                remedy: "Remove trueSequential, or use method \"gptq\".");
        }
    }

    private static void EnsureValid(SmoothRecipe smooth, QuantizationRecipe? quantize)
    {
        if (!(smooth.Alpha >= 0 && smooth.Alpha <= 1))
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.smooth.alpha: expected a share from 0 to 1, found {smooth.Alpha:R}.", remedy: "Write 0.5.");
        }

        if (quantize is null or { Method: "awq" } or { MaskedPositions: "joint" })
        {
            string found = quantize is null ? "no quantize" : quantize.Method == "awq" ? "method \"awq\", which searches scales of its own" : "maskedPositions \"joint\"";
            throw GateException.Usage(
                "GATE4101", $"recipe.smooth: scales are folded between pruning and quantisation, found {found}.",
                remedy: "Remove smooth, or quantise by \"rtn\" or \"gptq\" after pruning.");
        }
    }
}
