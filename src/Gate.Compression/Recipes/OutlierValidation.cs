using Gate.Diagnostics;

namespace Gate.Compression.Recipes;

/// <summary>Checks what a recipe says about sparsities that differ from block to block.</summary>
internal static class OutlierValidation
{
    /// <exception cref="GateException">Exit 2.</exception>
    public static void EnsureValid(PruningRecipe prune)
    {
        MethodNames.EnsureKnown("recipe.prune.layerwise", prune.Layerwise, MethodNames.Layerwise, "GATE4003");
        if (prune.Layerwise != "owl")
        {
            if (prune.OutlierThreshold != 5 || prune.Spread != 0.08)
            {
                throw GateException.Usage(
                    "GATE4103", "recipe.prune: outlierThreshold and spread are for layerwise \"owl\" only.", remedy: "Remove them, or write \"layerwise\": \"owl\".");
            }

            return;
        }

        if (prune.Sparsity is not { } sparsity || prune.Method is not ("magnitude" or "wanda" or "sparsegpt") || prune.Granularity == "global")
        {
            throw GateException.Usage(
                "GATE4103", "recipe.prune.layerwise: \"owl\" shares a sparsity among blocks; it goes with method \"magnitude\" (by layer or row), \"wanda\" or \"sparsegpt\", "
                    + $"found {(prune.Pattern is not null ? "a pattern" : prune.Granularity == "global" ? "granularity \"global\"" : $"method \"{prune.Method}\"")}.",
                remedy: "Remove layerwise, or give a sparsity and one of those methods.");
        }

        if (!(prune.OutlierThreshold > 0))
        {
            throw GateException.Usage(
                "GATE4103", $"recipe.prune.outlierThreshold: expected a number above 0, found {prune.OutlierThreshold:R}.", remedy: "Write 5.");
        }

        if (!(prune.Spread >= 0 && prune.Spread < 1 - sparsity))
        {
            throw GateException.Usage(
                "GATE4103", $"recipe.prune.spread: expected at least 0 and less than {1 - sparsity:0.####}, the share of weights that is kept, found {prune.Spread:R}.",
                remedy: "Write a smaller spread, such as 0.08.");
        }
    }
}
