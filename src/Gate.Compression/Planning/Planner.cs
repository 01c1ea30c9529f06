using System.Collections.Immutable;
using Gate.Compression.Recipes;
using Gate.Models;
using Gate.Models.Blueprints;
using Gate.Models.Structure;

namespace Gate.Compression.Planning;

/// <summary>Resolves an explicit recipe against the layers of a model. Looks at shapes only.</summary>
internal static class Planner
{
    /// <summary>The plan of a recipe, checked against the budget.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="format">The size function of the candidate's format.</param>
    /// <param name="recipe">What to do.</param>
    /// <param name="budget">What must be met, or null.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2.</exception>
    public static CompressionPlan Plan(
        Model dense, ICandidateSize format, Recipe recipe, Budget? budget)
    {
        IReadOnlyList<LinearLayer> layers = dense.LinearLayers;
        RecipeValidation.EnsureValid(recipe);
        ImmutableArray<PlannedLayer> planned = Resolve(dense, layers, recipe);
        PlanSize size = PlanSize.Of(planned, format, dense);
        if (budget is not null)
            BudgetCheck.EnsureMet(budget, size, recipe, changed => PlanSize.Of(Resolve(dense, layers, changed), format, dense));
        return new CompressionPlan(
            recipe, planned, (double)size.CompressionRate, (double)size.BitsPerWeight, size.FileBytes, RecipeText.Of(recipe));
    }

    /// <summary>The plan of a recipe with the untouched layers of the blocks in it at 16 bit.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="format">The size function of the candidate's format.</param>
    /// <param name="recipe">What to do.</param>
    public static CompressionPlan PlanOverAllLayers(Model dense, ICandidateSize format, Recipe recipe)
    {
        Dictionary<string, PlannedLayer> planned = Plan(dense, format, recipe, null).Layers.ToDictionary(layer => layer.Layer.Name, StringComparer.Ordinal);
        ImmutableArray<PlannedLayer> all =
        [
            .. dense.LinearLayers.Where(layer => layer.Role != LinearRole.FinalDense || planned.ContainsKey(layer.Name))
                .Select(layer => planned.GetValueOrDefault(layer.Name) ?? new PlannedLayer(layer, null, null)),
        ];
        PlanSize size = PlanSize.Of(all, format, dense);
        return new CompressionPlan(recipe, all, (double)size.CompressionRate, (double)size.BitsPerWeight, size.FileBytes, RecipeText.Of(recipe));
    }

    private static ImmutableArray<PlannedLayer> Resolve(Model dense, IReadOnlyList<LinearLayer> layers, Recipe recipe)
    {
        ImmutableArray<LinearLayer> pruned = recipe.Prune is null ? [] : ScopeResolution.Resolve(layers, recipe.Prune.Scope, "prune", dense.Family);
        ImmutableArray<LinearLayer> quantized = recipe.Quantize is null ? [] : ScopeResolution.Resolve(layers, recipe.Quantize.Scope, "quantize", dense.Family);
        if (recipe.Prune is not null)
            RecipeValidation.EnsureDivides(recipe.Prune, pruned);
        if (recipe.Quantize is not null)
            RecipeValidation.EnsureDivides(recipe.Quantize, quantized);

        IReadOnlyDictionary<string, CoupledUnits>? units = recipe.Prune is null ? null : StructureValidation.UnitsOf(recipe.Prune, pruned, dense.CoupledUnits);
        HashSet<LinearLayer> prunedSet = [.. pruned], quantizedSet = [.. quantized];
        return
        [
            .. layers.Where(layer => prunedSet.Contains(layer) || quantizedSet.Contains(layer)).Select(layer => new PlannedLayer(
                layer, prunedSet.Contains(layer) ? recipe.Prune : null, quantizedSet.Contains(layer) ? recipe.Quantize : null)
            {
                Units = prunedSet.Contains(layer) ? units?.GetValueOrDefault(layer.Name) : null,
            }),
        ];
    }
}
