using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gate.Compression.Recipes;
using Gate.Models.Architectures;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>From a recipe's names to the methods that need nothing but the weights.</summary>
internal static class LayerPruning
{
    /// <summary>The mask of one layer, true = pruned.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its weights, row-major.</param>
    /// <param name="recipe">A checked recipe.</param>
    /// <param name="global">The threshold over all layers, for global granularity.</param>
    /// <param name="threads">Threads of the kernels.</param>
    public static bool[] Select(LinearLayer layer, ReadOnlyMemory<float> weights, PruningRecipe recipe, GlobalMagnitude? global, ComputeThreads threads)
    {
        if (recipe.Pattern is { } pattern)
            return MagnitudePruning.SelectNm(weights, layer.Inputs, pattern, threads);
        double sparsity = recipe.Sparsity ?? throw new ArgumentException("A recipe without pattern has a sparsity.", nameof(recipe));
        return (recipe.Method, recipe.Granularity) switch
        {
            ("magnitude", "layer") => MagnitudePruning.SelectLayer(
                weights, sparsity, recipe.Count == "wanda" ? PruneCount.ReferenceThreshold : PruneCount.Exact),
            ("magnitude", "row") => MagnitudePruning.SelectRows(weights, layer.Inputs, sparsity, threads),
            ("magnitude", "global") when global is not null => global.Select(layer, weights.Span),
            ("random", _) => RandomPruning.Select(weights.Length, sparsity, SeedOf(layer, recipe.Seed)),
            ("l1-structured", _) => StructuredPruning.Select(weights.Span, layer.Inputs, sparsity, order: 1, dimension: 0),
            ("l2-structured", _) => StructuredPruning.Select(weights.Span, layer.Inputs, sparsity, order: 2, dimension: 0),
            _ => throw new ArgumentException($"No pruning method {recipe.Method}, {recipe.Granularity}.", nameof(recipe)),
        };
    }

    // Each layer draws on its own, whatever the order in which layers are compressed.
    private static ulong SeedOf(LinearLayer layer, long seed) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(layer.Name))) ^ (ulong)seed;
}
