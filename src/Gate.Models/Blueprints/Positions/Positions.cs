namespace Gate.Models.Blueprints.Positions;

/// <summary>How attention scores depend on the positions of tokens.</summary>
internal abstract record Positions;

/// <summary>Attention with linear biases (Press et al., 2022): slope · (key position − query position) is added to a score, a slope for each head.</summary>
/// <param name="Factor">What every slope is multiplied by.</param>
internal sealed record Alibi(float Factor = 1) : Positions
{
    /// <summary>The slopes of so many heads: powers of 2^(−8/n) for the next lower power of two n, then every other one of twice as many heads.</summary>
    public float[] Slopes(int heads)
    {
        int near = 1 << (int)Math.Log2(heads);
        return [.. Enumerable.Range(0, heads).Select(head => Factor * (float)(head < near
            ? Math.Pow(2, -8.0 / near * (head + 1))
            : Math.Pow(2, -4.0 / near * ((2 * (head - near)) + 1))))];
    }
}

/// <summary>Learned biases by distance, near ones exactly and far ones in buckets that grow with the logarithm (Raffel et al., 2020).</summary>
/// <param name="Table">Biases of [buckets, heads].</param>
/// <param name="Buckets">Buckets over all distances.</param>
/// <param name="Farthest">Distance from which on all share the last bucket.</param>
/// <param name="BothWays">Whether half of the buckets are for tokens behind the query.</param>
internal sealed record RelativeBuckets(string Table, int Buckets, int Farthest, bool BothWays) : Positions
{
    /// <summary>The bucket of a distance.</summary>
    /// <param name="distance">Key position − query position.</param>
    public int Of(int distance)
    {
        int buckets = BothWays ? Buckets / 2 : Buckets;
        int start = BothWays && distance > 0 ? buckets : 0;
        int far = BothWays ? Math.Abs(distance) : Math.Max(-distance, 0), exact = buckets / 2;
        if (far < exact)
            return start + far;

        // In binary32, as the reference rounds: a bucket's edge may fall on either side otherwise.
        float share = MathF.Log((float)far / exact) / (float)Math.Log((double)Farthest / exact);
        return start + Math.Min(buckets - 1, exact + (int)(share * (buckets - exact)));
    }
}
