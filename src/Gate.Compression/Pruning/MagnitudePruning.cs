using Gate.Compression.Recipes;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>
/// Magnitude pruning: the weights of smallest absolute value go. Every method returns a mask in the layout of the weights, true = pruned, and leaves
/// the weights alone.
/// </summary>
public static class MagnitudePruning
{
    /// <summary>One threshold for a matrix.</summary>
    /// <param name="weights">All weights of the layer, row-major.</param>
    /// <param name="sparsity">Share to prune, 0 to 1.</param>
    /// <param name="threads">Weights are divided over these.</param>
    /// <param name="count">How the share becomes a number.</param>
    public static bool[] SelectLayer(ReadOnlyMemory<float> weights, double sparsity, ComputeThreads threads, PruneCount count = PruneCount.Exact)
    {
        bool[] mask = new bool[weights.Length];
        if (weights.IsEmpty)
            return mask;

        long pruned = count == PruneCount.Exact
            ? PruneCounts.Exact(sparsity, weights.Length)
            : Math.Min(PruneCounts.Truncated(sparsity, weights.Length) + 1, weights.Length);
        MagnitudeThreshold threshold = MagnitudeThreshold.Find(pruned, visitor => visitor(weights.Span), threads);
        long ties = count == PruneCount.Exact ? threshold.Ties : long.MaxValue;
        threshold.Mark(weights.Span, ref ties, mask, threads);
        return mask;
    }

    /// <summary>One threshold for several matrices together (PyTorch's <c>global_unstructured</c>): exactly <c>round(s·N)</c> over all.</summary>
    /// <param name="layers">The weights of each layer, row-major.</param>
    /// <param name="sparsity">Share to prune over all layers, 0 to 1.</param>
    /// <param name="threads">Weights are divided over these.</param>
    /// <returns>One mask for each layer.</returns>
    public static bool[][] SelectGlobal(IReadOnlyList<ReadOnlyMemory<float>> layers, double sparsity, ComputeThreads threads)
    {
        long pruned = PruneCounts.Exact(sparsity, layers.Sum(layer => (long)layer.Length));
        MagnitudeThreshold threshold = MagnitudeThreshold.Find(pruned, visitor =>
        {
            foreach (ReadOnlyMemory<float> layer in layers)
                visitor(layer.Span);
        }, threads);

        long ties = threshold.Ties;
        bool[][] masks = new bool[layers.Count][];
        for (int i = 0; i < masks.Length; i++)
        {
            masks[i] = new bool[layers[i].Length];
            threshold.Mark(layers[i].Span, ref ties, masks[i], threads);
        }

        return masks;
    }

    /// <summary>One threshold for each output row: exactly <c>round(s·columns)</c> in every row.</summary>
    /// <param name="weights">Row-major, rows × <paramref name="columns"/>.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="sparsity">Share to prune, 0 to 1.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public static bool[] SelectRows(ReadOnlyMemory<float> weights, int columns, double sparsity, ComputeThreads threads)
    {
        int pruned = (int)PruneCounts.Exact(sparsity, columns);
        return ScoredRows.Select(weights, columns, SpanArithmetic.Magnitudes, (scores, mask) => SmallestScores.Mark(scores, pruned, mask), threads);
    }

    /// <summary>Of every <see cref="NmPattern.Group"/> consecutive inputs of a row the <see cref="NmPattern.Zeros"/> smallest go.</summary>
    /// <param name="weights">Row-major, rows × <paramref name="columns"/>.</param>
    /// <param name="columns">Input features, a multiple of the group.</param>
    /// <param name="pattern">Zeros made in every group.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public static bool[] SelectNm(ReadOnlyMemory<float> weights, int columns, NmPattern pattern, ComputeThreads threads) =>
        ScoredRows.SelectNm(weights, columns, SpanArithmetic.Magnitudes, pattern, threads);
}
