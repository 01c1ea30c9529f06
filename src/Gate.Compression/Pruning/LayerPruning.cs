using Gate.Compression.Pruning.Structured;
using Gate.Compression.Recipes;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>From a recipe's names to the methods that need nothing but the weights.</summary>
internal static class LayerPruning
{
    /// <summary>The mask of one layer, true = pruned.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its weights, row-major.</param>
    /// <param name="recipe">A checked recipe.</param>
    /// <param name="shared">What is decided over several layers, for recipes that ask for it.</param>
    /// <param name="threads">Threads of the kernels.</param>
    public static bool[] Select(LinearLayer layer, ReadOnlyMemory<float> weights, PruningRecipe recipe, ISharedMask? shared, ComputeThreads threads)
    {
        if (recipe.Pattern is { } pattern)
            return MagnitudePruning.SelectNm(weights, layer.Inputs, pattern, threads);
        double sparsity = recipe.Sparsity ?? throw new ArgumentException("A recipe without pattern has a sparsity.", nameof(recipe));
        string structure = PruningStructures.Of(recipe);
        if (recipe.Granularity == "global" || PruningStructures.IsCoupled(structure))
        {
            return (shared ?? throw new ArgumentNullException(nameof(shared), "This recipe is decided over several layers."))
                .Select(layer, weights.Span);
        }

        SliceDimension slices = structure == "columns" ? SliceDimension.Columns : SliceDimension.Rows;
        return (recipe.Method, recipe.Granularity, structure) switch
        {
            ("magnitude", "layer", _) => MagnitudePruning.SelectLayer(
                weights, sparsity, threads, recipe.Count == "wanda" ? PruneCount.ReferenceThreshold : PruneCount.Exact),
            ("magnitude", "row", _) => MagnitudePruning.SelectRows(weights, layer.Inputs, sparsity, threads),
            ("random", _, "weights") => RandomPruning.Select(weights.Length, sparsity, PruningSeed.Of(layer.Name, recipe.Seed)),
            ("random", _, _) => StructuredPruning.SelectRandom(weights.Length, layer.Inputs, sparsity, PruningSeed.Of(layer.Name, recipe.Seed), slices),
            ("l1-structured", _, _) => StructuredPruning.Select(weights, layer.Inputs, sparsity, order: 1, slices, threads),
            ("l2-structured", _, _) => StructuredPruning.Select(weights, layer.Inputs, sparsity, order: 2, slices, threads),
            _ => throw new ArgumentException($"No pruning method {recipe.Method}, {recipe.Granularity}.", nameof(recipe)),
        };
    }
}
