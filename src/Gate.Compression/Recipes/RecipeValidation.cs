using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Structure;

namespace Gate.Compression.Recipes;

/// <summary>Checks the numbers and names of a recipe before any layer is looked at, and shapes after.</summary>
internal static class RecipeValidation
{
    /// <summary>Checks everything that does not depend on the model.</summary>
    /// <exception cref="GateException">Exit 2.</exception>
    public static void EnsureValid(Recipe recipe)
    {
        if (recipe is { Prune: null, Quantize: null, Remove: null })
        {
            throw GateException.Usage(
                "GATE4003", "recipe: expected \"prune\", \"quantize\", \"remove\" or several of them, found none.", remedy: "Add one of them to the recipe.");
        }

        recipe.Remove?.EnsureValid();

        if (recipe.Prune is { } prune)
            EnsureValid(prune);
        if (recipe.Quantize is { } quantize)
            EnsureValid(quantize);
        if (recipe is { Prune: { } pruned, Quantize: { } rounded })
            BlockMethodValidation.EnsureKeepsZeros(pruned, rounded);
        CalibrationValidation.EnsureValid(recipe);
    }

    /// <summary>Checks that N:M patterns divide the inputs of every layer.</summary>
    public static void EnsureDivides(PruningRecipe prune, ImmutableArray<LinearLayer> layers)
    {
        if (prune.Pattern is not { } pattern)
            return;
        foreach (LinearLayer layer in layers)
        {
            if (layer.Inputs % pattern.Group != 0)
            {
                throw GateException.Usage(
                    "GATE4005", $"recipe.prune.pattern: {layer.Name} has {layer.Inputs} inputs, which groups of {pattern.Group} do not divide.",
                    remedy: $"Choose a group that divides {layer.Inputs}, or exclude the layer.");
            }
        }
    }

    /// <summary>Checks that groups divide the inputs of every layer.</summary>
    public static void EnsureDivides(QuantizationRecipe quantize, ImmutableArray<LinearLayer> layers)
    {
        BlockMethodValidation.EnsureDivides(quantize, layers);
        if (quantize.GroupSize is not { } size)
            return;
        foreach (LinearLayer layer in layers)
        {
            if (layer.Inputs % size != 0)
            {
                throw GateException.Usage(
                    "GATE4005", $"recipe.quantize.groupSize: {layer.Name} has {layer.Inputs} inputs, which groups of {size} do not divide.",
                    remedy: $"Choose a group size that divides {layer.Inputs}, leave groupSize out (one scale per output row), or exclude the layer.");
            }
        }
    }

    private static void EnsureValid(PruningRecipe prune)
    {
        MethodNames.EnsureKnown("recipe.prune.method", prune.Method, MethodNames.Pruning, "GATE4004");
        MethodNames.EnsureKnown("recipe.prune.granularity", prune.Granularity, MethodNames.Granularities, "GATE4003");
        MethodNames.EnsureKnown("recipe.prune.count", prune.Count, MethodNames.Counts, "GATE4003");
        StructureValidation.EnsureValid(prune);
        if (prune.Sparsity is null == prune.Pattern is null)
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.prune: expected either \"sparsity\" or \"pattern\", found {(prune.Pattern is null ? "neither" : "both")}.",
                remedy: "Keep exactly one of them.");
        }

        if (prune.Sparsity is { } sparsity && !(sparsity >= 0 && sparsity < 1))
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.prune.sparsity: expected a share of at least 0 and below 1, found {sparsity:R}.",
                remedy: sparsity is >= 1 and < 100 ? $"For {sparsity:R} percent write {sparsity / 100:R}." : "Write a share such as 0.25.");
        }

        if (prune.Pattern is { } pattern && !(pattern.Group is >= 2 and <= 1024 && pattern.Zeros >= 1 && pattern.Zeros < pattern.Group))
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.prune.pattern: {pattern.Zeros} zeros in every {pattern.Group} is not a pattern.",
                remedy: "Write a pattern such as 2:4, with at least one zero and at least one kept weight in every group.");
        }

        if (prune.Pattern is not null && (prune.Granularity != "layer" || prune.Method is not ("magnitude" or "wanda" or "sparsegpt") || prune.Count != "exact"))
        {
            throw GateException.Usage(
                "GATE4003", "recipe.prune: a pattern is decided group by group; it goes with method \"magnitude\", \"wanda\" or \"sparsegpt\" and neither granularity nor count.",
                remedy: "Remove granularity and count, or give a sparsity instead of a pattern.");
        }

        if (prune.Granularity != "layer" && (prune.Method != "magnitude" || prune.Count != "exact"))
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.prune.granularity: \"{prune.Granularity}\" is for method \"magnitude\" with an exact count only.",
                remedy: "Remove granularity, or use method \"magnitude\".");
        }

        if (prune.Count != "exact" && prune.Method != "magnitude")
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.prune.count: \"{prune.Count}\" is for method \"magnitude\" only.", remedy: "Remove count.");
        }
    }

    private static void EnsureValid(QuantizationRecipe quantize)
    {
        MethodNames.EnsureKnown("recipe.quantize.method", quantize.Method, MethodNames.Quantization, "GATE4004");
        MethodNames.EnsureKnown("recipe.quantize.range", quantize.SymmetricRange, MethodNames.SymmetricRanges, "GATE4003");
        MethodNames.EnsureKnown("recipe.quantize.clipping", quantize.Clipping, MethodNames.Clippings, "GATE4003");
        BlockMethodValidation.EnsureValid(quantize);
        GridValidation.EnsureValid(quantize);
        ActivationValidation.EnsureValid(quantize);
        if (quantize.Bits is < 2 or > 8)
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.quantize.bits: expected 2 to 8, found {quantize.Bits}.",
                remedy: quantize.Bits == 16 ? "Leave \"quantize\" out to keep 16 bit." : "Choose a number of bits from 2 to 8.");
        }

        if (quantize.GroupSize is < 2)
        {
            throw GateException.Usage(
                "GATE4003", $"recipe.quantize.groupSize: expected at least 2, found {quantize.GroupSize}.",
                remedy: "Choose a group size such as 32, 64 or 128, or leave it out for one scale per output row.");
        }

        if (!quantize.Symmetric && quantize.SymmetricRange != "restricted")
        {
            throw GateException.Usage(
                "GATE4003", "recipe.quantize.range is about symmetric grids, but symmetric is false.", remedy: "Remove range, or set symmetric to true.");
        }
    }
}
