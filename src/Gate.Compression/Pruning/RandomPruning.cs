namespace Gate.Compression.Pruning;

/// <summary>Pruning by lot, the baseline every other method must beat.</summary>
public static class RandomPruning
{
    /// <summary>Marks exactly <c>round(s·n)</c> weights, each subset of that size equally likely (selection sampling, Knuth 3.4.2 S).</summary>
    /// <param name="count">Number of weights.</param>
    /// <param name="sparsity">Share to prune, 0 to 1.</param>
    /// <param name="seed">Decides the draw; the same on every machine.</param>
    public static bool[] Select(int count, double sparsity, ulong seed)
    {
        long wanted = PruneCounts.Exact(sparsity, count);
        bool[] mask = new bool[count];
        ulong state = seed;
        for (int i = 0; i < count && wanted > 0; i++)
        {
            if (NextShare(ref state) * (count - i) < wanted)
            {
                mask[i] = true;
                wanted--;
            }
        }

        return mask;
    }

    // SplitMix64 (Steele, Lea, Flood 2014); the upper 53 bits as a share in [0, 1).
    private static double NextShare(ref ulong state)
    {
        state += 0x9E37_79B9_7F4A_7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
