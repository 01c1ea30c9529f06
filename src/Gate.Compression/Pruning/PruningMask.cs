namespace Gate.Compression.Pruning;

/// <summary>What is done with a mask, true = pruned.</summary>
public static class PruningMask
{
    /// <summary>Sets the pruned weights to +0.</summary>
    public static void Apply(ReadOnlySpan<bool> mask, Span<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, weights.Length, nameof(mask));
        for (int i = 0; i < weights.Length; i++)
        {
            if (mask[i])
                weights[i] = 0f;
        }
    }

    /// <summary>How many weights are pruned.</summary>
    public static long Count(ReadOnlySpan<bool> mask)
    {
        long pruned = 0;
        foreach (bool gone in mask)
            pruned += gone ? 1 : 0;
        return pruned;
    }
}
