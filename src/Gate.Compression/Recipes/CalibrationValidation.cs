using Gate.Diagnostics;

namespace Gate.Compression.Recipes;

/// <summary>Checks what a recipe says about methods that look at the inputs of layers.</summary>
internal static class CalibrationValidation
{
    /// <summary>Checks settings that do not depend on the model or the data.</summary>
    /// <exception cref="GateException">Exit 2.</exception>
    public static void EnsureValid(Recipe recipe)
    {
        if (recipe.Prune is { } prune)
            EnsureValid(prune);
        if (recipe.Quantize is { } quantize)
            EnsureValid(quantize, recipe.Prune);
        FoldingValidation.EnsureValid(recipe);
        if (recipe.Calibration is { } calibration)
            EnsureValid(calibration);
        else if (MethodThatNeedsInputs(recipe) is { } method)
        {
            throw GateException.Usage(
                "GATE4052", $"recipe.calibration: {method} looks at the inputs of layers, but no calibration data are given.",
                remedy: "Write \"calibration\": { \"data\": \"calibration.txt\" } in the recipe, naming a text or JSON Lines file like the model's training text; "
                    + (recipe.Remove is null ? "or use \"magnitude\" and \"rtn\", which need none." : "or leave \"remove\" out."));
        }
    }

    private static string? MethodThatNeedsInputs(Recipe recipe) =>
        recipe.Remove is not null ? "remove" :
        recipe.Smooth is not null ? "smooth" :
        recipe.Prune is { } prune && MethodNames.NeedsInputs(prune) ? NameOf(prune)
        : recipe.Quantize is { } quantize && MethodNames.NeedsInputs(quantize) ? NameOf(quantize)
        : null;

    private static string NameOf(PruningRecipe prune) => prune.Layerwise == "owl" ? "owl" : prune.Method;

    private static string NameOf(QuantizationRecipe quantize) => quantize.Clipping == "importance" ? "clipping \"importance\"" : quantize.Method;

    private static void EnsureValid(PruningRecipe prune)
    {
        OutlierValidation.EnsureValid(prune);
        EnsureSolver("recipe.prune", "sparsegpt", prune.Method, prune.Damping, prune.BlockSize);
        if (MethodNames.NeedsInputs(prune) && prune.Scope.Kind == ScopeKind.FinalDense)
            throw OutsideTheBlocks("recipe.prune.scope", NameOf(prune));
    }

    private static void EnsureValid(QuantizationRecipe quantize, PruningRecipe? prune)
    {
        EnsureSolver("recipe.quantize", "gptq", quantize.Method, quantize.Damping, quantize.BlockSize);
        MethodNames.EnsureKnown("recipe.quantize.maskedPositions", quantize.MaskedPositions, MethodNames.MaskedPositions, "GATE4003");
        if (quantize is { Clipping: "importance", Method: not "rtn" })
        {
            throw GateException.Usage(
                "GATE4102", $"recipe.quantize.clipping: \"importance\" fits scales to single weights, for method \"rtn\"; found method \"{quantize.Method}\".",
                remedy: "Use clipping \"mse\" or none, or method \"rtn\".");
        }

        if (quantize.Method != "gptq" && (quantize.ActivationOrder || quantize.StaticGroups || quantize.MaskedPositions != "keep"))
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.quantize: actOrder, staticGroups and maskedPositions are for method \"gptq\" only, found method \"{quantize.Method}\".",
                remedy: "Remove them, or use method \"gptq\".");
        }

        if (MethodNames.NeedsInputs(quantize) && quantize.Scope.Kind == ScopeKind.FinalDense)
            throw OutsideTheBlocks("recipe.quantize.scope", NameOf(quantize));
        if (quantize.MaskedPositions != "joint")
            return;
        if (prune is not { Method: "sparsegpt" } || quantize.ActivationOrder || quantize.StaticGroups)
        {
            throw GateException.Usage(
                "GATE4003", "recipe.quantize.maskedPositions: \"joint\" goes with prune method \"sparsegpt\" and neither actOrder nor staticGroups.",
                remedy: "Prune by \"sparsegpt\", or use \"keep\" (pruned weights stay 0) or \"quantize\".");
        }

        if (quantize.Damping != prune.Damping || quantize.BlockSize != prune.BlockSize)
        {
            throw GateException.Usage(
                "GATE4003", "recipe.quantize.maskedPositions: \"joint\" makes one sweep, but damping or blockSize of prune and quantize differ.",
                remedy: "Give both steps the same damping and blockSize, or leave them out.");
        }
    }

    private static void EnsureSolver(string step, string solver, string method, double damping, int blockSize)
    {
        if (!(damping >= 0 && damping <= 1))
        {
            throw GateException.Usage(
                "GATE4003", $"{step}.damping: expected a share from 0 to 1 of the Hessian's mean diagonal, found {damping:R}.", remedy: "Write 0.01.");
        }

        if (blockSize < 1)
            throw GateException.Usage("GATE4003", $"{step}.blockSize: expected at least 1 column, found {blockSize}.", remedy: "Write 128.");
        if (method != solver && (damping != 0.01 || blockSize != 128))
        {
            throw GateException.Usage(
                "GATE4003", $"{step}: damping and blockSize are for method \"{solver}\" only, found method \"{method}\".",
                remedy: $"Remove them, or use method \"{solver}\".");
        }
    }

    private static void EnsureValid(CalibrationRecipe calibration)
    {
        MethodNames.EnsureKnown("recipe.calibration.windows", calibration.Windows, MethodNames.Windows, "GATE4003");
        if (calibration.Samples < 1)
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.calibration.samples: expected at least 1, found {calibration.Samples}.", remedy: "Write 128.");
        }

        if (calibration.SequenceLength < 2)
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.calibration.sequenceLength: expected at least 2 tokens, found {calibration.SequenceLength}.", remedy: "Write 512.");
        }
    }

    private static GateException OutsideTheBlocks(string key, string method) => GateException.Usage(
        "GATE4003", $"{key}: {method} calibrates the layers of the blocks; the final dense layer is none of them.",
        remedy: "Use \"magnitude\" or \"rtn\" for the final dense layer, or choose another scope.");
}
