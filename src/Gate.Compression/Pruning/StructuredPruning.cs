namespace Gate.Compression.Pruning;

/// <summary>
/// Structured pruning as in <c>torch.nn.utils.prune.ln_structured</c>: whole output rows or input columns of smallest Lₙ norm go. The matrix keeps its
/// shape; zeroing rows makes nothing smaller by itself.
/// </summary>
public static class StructuredPruning
{
    /// <summary>Marks the <c>round(amount·slices)</c> slices of smallest norm; equal norms fall in index order.</summary>
    /// <param name="weights">Row-major, rows × <paramref name="columns"/>.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="amount">Share of slices to prune, 0 to 1.</param>
    /// <param name="order">n of the norm: 1, 2, … or positive infinity.</param>
    /// <param name="dimension">0 = output rows, 1 = input columns.</param>
    public static bool[] Select(ReadOnlySpan<float> weights, int columns, double amount, double order, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (!(order > 0))
            throw new ArgumentOutOfRangeException(nameof(order), order, "The order of a norm is positive.");
        if (dimension is not (0 or 1))
            throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "A matrix has dimensions 0 (rows) and 1 (columns).");

        int rows = weights.Length / columns;
        double[] norms = new double[dimension == 0 ? rows : columns];
        for (int i = 0; i < weights.Length; i++)
        {
            int slice = dimension == 0 ? i / columns : i % columns;
            double magnitude = Math.Abs((double)weights[i]);
            norms[slice] = double.IsPositiveInfinity(order)
                ? Math.Max(norms[slice], magnitude)
                : norms[slice] + (order == 1 ? magnitude : order == 2 ? magnitude * magnitude : Math.Pow(magnitude, order));
        }

        // The root is monotone: comparing sums of powers compares norms.
        bool[] slices = new bool[norms.Length];
        OrderStatistics.MarkSmallest(norms, (int)PruneCounts.Exact(amount, norms.Length), new double[norms.Length], slices);
        bool[] mask = new bool[weights.Length];
        for (int i = 0; i < mask.Length; i++)
            mask[i] = slices[dimension == 0 ? i / columns : i % columns];
        return mask;
    }
}
