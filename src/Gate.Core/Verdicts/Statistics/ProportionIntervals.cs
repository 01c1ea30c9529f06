namespace Gate.Core.Verdicts.Statistics;

/// <summary>Intervals for one proportion. <c>confidence</c> is two-sided: 0.90 gives two one-sided 95 % bounds.</summary>
public static class ProportionIntervals
{
    /// <summary>Wilson's score interval for <paramref name="successes"/> of <paramref name="trials"/> (Wilson 1927).</summary>
    public static Interval Wilson(double successes, double trials, double confidence)
    {
        double z = NormalDistribution.Quantile(0.5 + (confidence / 2));
        double p = successes / trials;
        double centre = p + (z * z / (2 * trials));
        double half = z * Math.Sqrt((p * (1 - p) / trials) + (z * z / (4 * trials * trials)));
        double scale = 1 + (z * z / trials);
        return new Interval((centre - half) / scale, (centre + half) / scale);
    }

    /// <summary>The exact interval of Clopper and Pearson (1934).</summary>
    public static Interval ClopperPearson(int successes, int trials, double confidence)
    {
        double tail = (1 - confidence) / 2;
        return new Interval(
            successes == 0 ? 0 : BetaDistribution.Quantile(tail, successes, trials - successes + 1),
            successes == trials ? 1 : BetaDistribution.Quantile(1 - tail, successes + 1, trials - successes));
    }
}
