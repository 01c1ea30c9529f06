namespace Gate.Compression.Pruning;

/// <summary>Turns a sparsity into a number of weights.</summary>
public static class PruneCounts
{
    /// <summary><c>round(s·n)</c>, half to even.</summary>
    /// <param name="sparsity">Share to prune, 0 to 1.</param>
    /// <param name="count">Number of weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sparsity is not in [0, 1].</exception>
    public static long Exact(double sparsity, long count)
    {
        EnsureShare(sparsity);
        return (long)Math.Round(sparsity * count, MidpointRounding.ToEven);
    }

    /// <summary><c>⌊s·n⌋</c>, as the reference scripts truncate it.</summary>
    /// <param name="sparsity">Share to prune, 0 to 1.</param>
    /// <param name="count">Number of weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sparsity is not in [0, 1].</exception>
    public static long Truncated(double sparsity, long count)
    {
        EnsureShare(sparsity);
        return (long)(sparsity * count);
    }

    private static void EnsureShare(double sparsity)
    {
        if (!(sparsity >= 0 && sparsity <= 1))
            throw new ArgumentOutOfRangeException(nameof(sparsity), sparsity, "A sparsity is a share between 0 and 1.");
    }
}
