using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>
/// A test of the forgotten share that holds however strongly losses go together: a cluster is one observation, and one that no sample has shown may be lost whole. In 20
/// clusters without any loss it says no more than that a share of 14 % is ruled out: a loss of 5 % that takes whole clusters is missing from 36 % of such samples.
/// </summary>
/// <remarks>
/// x = (limit · known − lost) / (known of the largest cluster) lies between limit − 1 (the largest cluster, lost whole) and limit. The null distribution is the empirical likelihood on the
/// observed values and that bound (<see cref="TiltedMeanTest"/>): what the observed clusters cannot account for is taken for lost clusters. Without a loss in G clusters of one
/// size the p-value is (1 − limit)^G.
/// </remarks>
internal static class WholeClusterLoss
{
    /// <summary>The p-value of "the share is at least the limit".</summary>
    /// <param name="lost">What each cluster has lost.</param>
    /// <param name="known">What was known of each cluster.</param>
    /// <param name="limit">The limit on the share, above 0 and below 1.</param>
    public static double Below(ReadOnlySpan<double> lost, ReadOnlySpan<double> known, double limit)
    {
        if (!(limit > 0 && limit < 1))
            return limit >= 1 ? 0 : 1;
        double largest = 0;
        foreach (double size in known)
            largest = Math.Max(largest, size);
        double[] values = new double[known.Length];
        for (int g = 0; g < values.Length; g++)
            values[g] = ((limit * known[g]) - lost[g]) / largest;
        return TiltedMeanTest.Test(values, [], limit - 1, limit).Above;
    }

    /// <summary>About how many clusters of one size would show the limit, were the share that is lost the one seen; null when none would.</summary>
    /// <param name="share">The share.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="level">One-sided error probability.</param>
    public static double? ClustersNeeded(double share, double limit, double level)
    {
        // The unseen share q of lost clusters that would bring the mean up to the limit: (1 − q)(limit − share) = q (1 − limit).
        double unseen = (limit - share) / (1 - share);
        return unseen > 0 ? Math.Ceiling(Math.Log(level) / Math.Log(1 - unseen)) : null;
    }
}
