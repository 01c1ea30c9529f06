namespace Gate.Compression.Planning;

/// <summary>
/// TCr with what was really reached. A weight counts as pruned when the pruning chose it and it is zero in what was written; a kept weight that rounds
/// to zero still takes its bits and does not count.
/// </summary>
/// <param name="CompressionRate">1 − Σ n(1 − s)q / (16 Σ n).</param>
/// <param name="Sparsity">Share of pruned weights over all compressed layers.</param>
/// <param name="Bits">Mean bits of a kept weight.</param>
internal sealed record RealizedRate(double CompressionRate, double Sparsity, double Bits)
{
    /// <summary>The rate of compressed layers.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="removed">Weights of layers that are gone as a whole; they count as pruned.</param>
    public static RealizedRate Of(IReadOnlyCollection<CompressedLayer> layers, long removed)
    {
        decimal weights = removed, kept = 0, keptBits = 0;
        foreach (CompressedLayer compressed in layers)
        {
            long count = compressed.Layer.WeightCount;
            long left = count - (long)Math.Round(compressed.Sparsity * count);
            weights += count;
            kept += left;
            keptBits += left * (decimal)compressed.Bits;
        }

        return new RealizedRate((double)(1 - keptBits / (16 * weights)), (double)(1 - kept / weights), kept == 0 ? 0 : (double)(keptBits / kept));
    }
}
