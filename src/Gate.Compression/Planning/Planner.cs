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
    /// <param name="removed">Weights that were removed as a whole before; then sizes are those of all layers that are left.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2.</exception>
    public static CompressionPlan Plan(
        Model dense, ICandidateSize format, Recipe recipe, Budget? budget, long removed = 0)
    {
        IReadOnlyList<LinearLayer> layers = dense.LinearLayers;
        RecipeValidation.EnsureValid(recipe);
        Func<Recipe, ImmutableArray<PlannedLayer>> resolve = removed == 0 ? changed => Resolve(dense, layers, changed) : changed => All(dense, Resolve(dense, layers, changed));
        ImmutableArray<PlannedLayer> planned = resolve(recipe);
        PlanSize size = PlanSize.Of(planned, format, dense, removed);
        if (budget is not null)
            BudgetCheck.EnsureMet(budget, size, recipe, changed => PlanSize.Of(resolve(changed), format, dense, removed));
        return new CompressionPlan(
            recipe, planned, (double)size.CompressionRate, (double)size.BitsPerWeight, size.FileBytes, RecipeText.Of(recipe));
    }

    /// <summary>The plan of a recipe with the untouched layers of the blocks in it at 16 bit.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="format">The size function of the candidate's format.</param>
    /// <param name="recipe">What to do.</param>
    public static CompressionPlan PlanOverAllLayers(Model dense, ICandidateSize format, Recipe recipe)
    {
        ImmutableArray<PlannedLayer> all = All(dense, Plan(dense, format, recipe, null).Layers);
        PlanSize size = PlanSize.Of(all, format, dense);
        return new CompressionPlan(recipe, all, (double)size.CompressionRate, (double)size.BitsPerWeight, size.FileBytes, RecipeText.Of(recipe));
    }

    // The layers of the blocks that no step touches stay as they are.
    private static ImmutableArray<PlannedLayer> All(Model dense, ImmutableArray<PlannedLayer> touched)
    {
        Dictionary<string, PlannedLayer> planned = touched.ToDictionary(layer => layer.Layer.Name, StringComparer.Ordinal);
        return
        [
            .. dense.LinearLayers.Where(layer => layer.Role != LinearRole.FinalDense || planned.ContainsKey(layer.Name))
                .Select(layer => planned.GetValueOrDefault(layer.Name) ?? new PlannedLayer(layer, null, null)),
        ];
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
