namespace Gate.Compression.Recipes;

/// <summary>What goes as one when a model is pruned.</summary>
public static class PruningStructures
{
    /// <summary>The names a configuration may use.</summary>
    public static IReadOnlyList<string> All { get; } = ["weights", "rows", "columns", "heads", "neurons", "units"];

    /// <summary>The structure of a recipe; one that names none prunes output rows with the structured methods and single weights with every other.</summary>
    public static string Of(PruningRecipe prune) => prune.Structure ?? (IsNorm(prune) ? "rows" : "weights");

    /// <summary>Whether a structure lies across several layers of a block.</summary>
    public static bool IsCoupled(string structure) => structure is "heads" or "neurons" or "units";

    /// <summary>Whether a recipe prunes by the norm of slices.</summary>
    public static bool IsNorm(PruningRecipe prune) => prune.Method is "l1-structured" or "l2-structured";
}
