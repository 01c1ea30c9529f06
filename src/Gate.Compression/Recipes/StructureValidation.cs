using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Structure;

namespace Gate.Compression.Recipes;

/// <summary>Checks what a recipe says about the structure that pruning removes.</summary>
internal static class StructureValidation
{
    /// <summary>Checks names; does not depend on the model.</summary>
    /// <exception cref="GateException">Exit 2.</exception>
    public static void EnsureValid(PruningRecipe prune)
    {
        if (prune.Structure is not { } structure)
            return;
        MethodNames.EnsureKnown("recipe.prune.structure", structure, PruningStructures.All, "GATE4104");
        bool single = structure == "weights";
        if (single ? PruningStructures.IsNorm(prune) : !PruningStructures.IsNorm(prune) && prune.Method != "random")
        {
            throw GateException.Usage(
                "GATE4104", single
                    ? $"recipe.prune.structure: method \"{prune.Method}\" prunes by the norm of slices; found \"weights\"."
                    : $"recipe.prune.structure: \"{structure}\" goes with method \"l1-structured\", \"l2-structured\" or \"random\"; found method \"{prune.Method}\".",
                remedy: single
                    ? "Write rows, columns, heads, neurons or units, or use method \"magnitude\" for single weights."
                    : "Remove structure, or use one of those methods.");
        }
    }

    /// <summary>The units each layer loses slices of, where the structure lies across layers; empty where it does not.</summary>
    /// <param name="prune">The recipe.</param>
    /// <param name="layers">The layers in its scope.</param>
    /// <param name="blockUnits">The units of the model.</param>
    /// <exception cref="GateException">Exit 2: a layer of the scope has no part in such units, or a unit has a layer outside the scope.</exception>
    public static IReadOnlyDictionary<string, CoupledUnits> UnitsOf(
        PruningRecipe prune, ImmutableArray<LinearLayer> layers, IReadOnlyList<CoupledUnits> blockUnits)
    {
        Dictionary<string, CoupledUnits> found = new(StringComparer.Ordinal);
        string structure = PruningStructures.Of(prune);
        if (!PruningStructures.IsCoupled(structure))
            return found;
        foreach (CoupledUnits units in blockUnits.Where(units => IsMeant(structure, units.Kind)))
        {
            foreach (UnitSlices slices in units.Slices)
                found[slices.Layer] = units;
        }

        HashSet<string> names = [.. layers.Select(layer => layer.Name)];
        foreach (LinearLayer layer in layers)
        {
            if (!found.TryGetValue(layer.Name, out CoupledUnits? units))
            {
                throw GateException.Usage(
                    "GATE4104", $"recipe.prune.structure: {layer.Name} is in the scope, but has no part in {NameOf(structure)}.", remedy: Remedy(structure));
            }

            if (units.Slices.FirstOrDefault(slices => !names.Contains(slices.Layer)) is { } outside)
            {
                throw GateException.Usage(
                    "GATE4104", $"recipe.prune.structure: {NameOf(structure)} of block {units.Block} lie in {layer.Name} and in {outside.Layer}, which is not in the scope.",
                    remedy: $"Widen recipe.prune.include or narrow recipe.prune.exclude to the whole {(units.Kind == CoupledUnitKind.Neuron ? "feed-forward part" : "attention")} of a block.");
            }
        }

        return found;
    }

    /// <summary>A structure as people say it.</summary>
    public static string NameOf(string structure) => structure switch
    {
        "heads" => "attention heads",
        "units" => "attention heads and neurons",
        "rows" => "output rows",
        "columns" => "input columns",
        _ => structure,
    };

    private static bool IsMeant(string structure, CoupledUnitKind kind) => structure == "units" || structure == (kind == CoupledUnitKind.Neuron ? "neurons" : "heads");

    private static string Remedy(string structure) => structure switch
    {
        "heads" => "Write \"scope\": \"attention\", or structure \"units\" for heads in the attention layers and neurons in the feed-forward layers.",
        "neurons" => "Write \"scope\": \"ffn\", or structure \"units\" for heads in the attention layers and neurons in the feed-forward layers.",
        _ => "Choose a scope inside the blocks.",
    };
}
