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
        SeededGenerator generator = new(seed);
        for (int i = 0; i < count && wanted > 0; i++)
        {
            if (generator.NextShare() * (count - i) < wanted)
            {
                mask[i] = true;
                wanted--;
            }
        }

        return mask;
    }
}
