using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>
/// The share of what the dense model knew and the candidate does not: exact binomial (Clopper–Pearson) on the known items, and a test by
/// cluster where known items come in clusters, whichever is more cautious.
/// </summary>
internal static class ForgettingEvidence
{
    /// <summary>Builds the evidence over one or more right/wrong tasks; null when the dense model knew nothing.</summary>
    /// <param name="what">What it is, for sentences.</param>
    /// <param name="samples">The tasks.</param>
    /// <param name="unseen">Whether a limit must hold even when clusters that the sample has not shown may be lost whole.</param>
    public static Evidence? From(string what, IReadOnlyList<TaskSample> samples, bool unseen)
    {
        int known = samples.Sum(sample => sample.Counts.Known);
        int forgotten = samples.Sum(sample => sample.Counts.Forgotten);
        if (known == 0)
            return null;

        ClusterSums sums = ClusterSums.Over(samples, (sample, i) => 1 - sample.Candidate[i], (_, _) => 1, (sample, i) => sample.Dense[i] == 1);
        return new Evidence
        {
            What = what,
            Basis = $"forgotten {TaskSample.FingerprintOf(samples)}",
            Value = (double)forgotten / known,
            Maximum = 1,
            AtLeast = false,
            Test = new LimitTest(limit => unseen ? TestUnseen(sums, forgotten, known, limit) : Test(sums, forgotten, known, limit)),
            WithoutUnseen = unseen && sums.HasClusters ? new LimitTest(limit => Test(sums, forgotten, known, limit)) : null,
            Contrast = limit => Contrast(sums, forgotten, known, limit),
            ItemsWithoutLoss = forgotten == 0 ? (limit, level) => Math.Ceiling(Math.Log(level) / Math.Log(1 - limit)) : null,
            Units = known,
            Items = samples.Sum(sample => sample.Count),
            Clusters = sums.Count,
            LossClusters = LossClusters.Of([.. samples.Select(sample => (sample, (double)sample.Counts.Known / known))]),
            RetainedAt = limit => 1 - limit,
            Flips = (forgotten, samples.Sum(sample => sample.Counts.Gained)),
        };
    }

    /// <summary>The one-sided p-values of "share = limit", from the sums of lost and of known items by cluster.</summary>
    internal static TailProbabilities Test(ClusterSums sums, int forgotten, int known, double limit)
    {
        var exact = new TailProbabilities(
            BinomialDistribution.AtLeast(forgotten, known, limit), BinomialDistribution.AtMost(forgotten, known, limit));
        return sums.HasClusters ? exact.Cautious(sums.Test(limit)).Cautious(Effective(sums, forgotten, known, limit)) : exact;
    }

    /// <summary>The same where a limit must hold whatever the correlation within clusters.</summary>
    internal static TailProbabilities TestUnseen(ClusterSums sums, int forgotten, int known, double limit)
    {
        TailProbabilities tails = Test(sums, forgotten, known, limit);
        return sums.HasClusters ? tails with { Below = Math.Max(tails.Below, WholeClusterLoss.Below(sums.A, sums.B, limit)) } : tails;
    }

    // The exact test at the effective sample size (Korn and Graubard 1998): known items over the design effect, and less for few clusters.
    private static TailProbabilities Effective(ClusterSums sums, int forgotten, int known, double limit)
    {
        double share = (double)forgotten / known;
        if (sums.Count < 2 || share is 0 or 1)
            return new TailProbabilities(0, 0);
        double error = sums.StandardError(share);
        double designEffect = Math.Max(1, error * error * known / (share * (1 - share)));
        double fewClusters = NormalDistribution.Quantile(0.95) / StudentT.Quantile(0.95, ClusterMeanTest.EffectiveClusters(sums.Sizes) - 1);
        double items = known / designEffect * fewClusters * fewClusters;
        double lost = share * items;
        return new TailProbabilities(
            BetaDistribution.Cumulative(limit, lost, items - lost + 1), BetaDistribution.Cumulative(1 - limit, items - lost, lost + 1));
    }

    private static (double Mean, double Error) Contrast(ClusterSums sums, int forgotten, int known, double limit)
    {
        double smoothed = (forgotten + 0.5) / (known + 1);
        double error = Math.Max(sums.StandardError(limit), Math.Sqrt(smoothed * (1 - smoothed) / known));
        return (((double)forgotten / known) - limit, error);
    }
}
