namespace Gate.Core.Verdicts.Statistics;

/// <summary>The binomial distribution.</summary>
public static class BinomialDistribution
{
    /// <summary>P(X = k) for X ~ Bin(n, p).</summary>
    public static double Probability(int k, int n, double p)
    {
        if (k < 0 || k > n)
            return 0;
        if (p <= 0)
            return k == 0 ? 1 : 0;
        if (p >= 1)
            return k == n ? 1 : 0;
        return Math.Exp(GammaFunction.LogBinomial(n, k) + (k * Math.Log(p)) + ((n - k) * Math.Log(1 - p)));
    }

    /// <summary>P(X ≤ k) for X ~ Bin(n, p).</summary>
    public static double AtMost(int k, int n, double p)
    {
        if (k < 0)
            return 0;
        if (k >= n)
            return 1;
        return BetaDistribution.Cumulative(1 - p, n - k, k + 1);
    }

    /// <summary>P(X ≥ k) for X ~ Bin(n, p).</summary>
    public static double AtLeast(int k, int n, double p)
    {
        if (k <= 0)
            return 1;
        if (k > n)
            return 0;
        return BetaDistribution.Cumulative(p, k, n - k + 1);
    }
}
