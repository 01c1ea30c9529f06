using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Rules;

/// <summary>How many more items would decide an inconclusive rule, if they turned out like those seen.</summary>
internal static class MoreItems
{
    private const double Power = 0.8;
    private const double LargestAnswer = 100_000_000;

    /// <summary>
    /// n · ((z₁₋α + z₀.₈) · SE / |mean contrast|)² − n, and at least what an exact test without any loss needs; null when no number would do
    /// (the value sits on the limit).
    /// </summary>
    public static int? ToDecide(Evidence evidence, double limit, double level)
    {
        bool towardsPass = evidence.Contrast(limit).Mean is var mean && (evidence.AtLeast ? mean > 0 : mean < 0);
        double units = Units(evidence, limit, level, towardsPass);
        if (towardsPass && evidence.TwoPointsUnder is not null)
            units = Math.Max(units, Units(evidence, evidence.TwoPointsUnder(limit), level / NearbyLimit.Factor, towardsPass));
        double items = (units - evidence.Units) * evidence.Items / evidence.Units;
        items = Math.Max(items, ((double)evidence.Items * evidence.LeastClusters(limit, level) / evidence.Clusters) - evidence.Items);
        return items < LargestAnswer ? Math.Max(1, (int)Math.Ceiling(items)) : null;
    }

    /// <summary>About how many more items, in clusters like those there are, show a limit on forgetting even if unseen clusters may be lost whole.</summary>
    public static int? ToShowUnseen(Evidence evidence, double limit, double level) =>
        Tasks.WholeClusterLoss.ClustersNeeded(evidence.Value, limit, level) is double clusters && (clusters - evidence.Clusters) * evidence.Items / evidence.Clusters is < LargestAnswer and var items
            ? Math.Max(1, (int)Math.Ceiling(items)) : null;

    private static double Units(Evidence evidence, double limit, double level, bool towardsPass)
    {
        (double mean, double error) = evidence.Contrast(limit);
        double z = NormalDistribution.Quantile(1 - level) + NormalDistribution.Quantile(Power);
        double factor = z * error / Math.Abs(mean);
        double units = evidence.Units * factor * factor;
        return towardsPass && evidence.ItemsWithoutLoss is not null ? Math.Max(units, evidence.ItemsWithoutLoss(limit, level)) : units;
    }
}
