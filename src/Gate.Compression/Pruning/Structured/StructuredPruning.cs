using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning.Structured;

/// <summary>
/// Structured pruning of one matrix as in <c>torch.nn.utils.prune.ln_structured</c> and <c>random_structured</c>: whole output rows or input columns go. The
/// matrix keeps its shape; zeroing rows makes nothing smaller by itself.
/// </summary>
public static class StructuredPruning
{
    /// <summary>Marks the <c>round(amount·slices)</c> slices of smallest Lₙ norm; equal norms fall in index order.</summary>
    /// <param name="weights">Row-major, rows × <paramref name="columns"/>.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="amount">Share of slices to prune, 0 to 1.</param>
    /// <param name="order">n of the norm: 1, 2, … or positive infinity.</param>
    /// <param name="dimension">What a slice is.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <returns>One mark for each weight, true = pruned.</returns>
    public static bool[] Select(
        ReadOnlyMemory<float> weights, int columns, double amount, double order, SliceDimension dimension, ComputeThreads threads)
    {
        double[] sums = SliceNorms.Sums(weights, columns, order, dimension, threads);
        return SliceMask.Of(SliceNorms.Smallest(sums, amount), columns, weights.Length, dimension);
    }

    /// <summary>Marks <c>round(amount·slices)</c> slices by lot.</summary>
    /// <param name="count">Number of weights.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="amount">Share of slices to prune, 0 to 1.</param>
    /// <param name="seed">Decides the draw; the same on every machine.</param>
    /// <param name="dimension">What a slice is.</param>
    /// <returns>One mark for each weight, true = pruned.</returns>
    public static bool[] SelectRandom(int count, int columns, double amount, ulong seed, SliceDimension dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        int slices = dimension == SliceDimension.Rows ? count / columns : columns;
        return SliceMask.Of(RandomPruning.Select(slices, amount, seed), columns, count, dimension);
    }
}
