using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>
/// Retention of a task, plain (chance taken as 0) or chance-corrected, through the contrast x = (c − γ) − r (b − γ).
/// </summary>
internal static class RetentionEvidence
{
    /// <summary>Builds the evidence; null when the dense score does not exceed chance, so that no ratio exists.</summary>
    /// <param name="sample">A task that is not perplexity, without problem.</param>
    /// <param name="correctForChance">Whether γ is the items' chance level or 0.</param>
    public static Evidence? From(TaskSample sample, bool correctForChance)
    {
        double chance = correctForChance ? sample.ChanceMean : 0;
        double dense = sample.DenseMean - chance;
        if (dense <= 0)
            return null;

        double Gamma(int i) => correctForChance ? sample.Chance[i] : 0;
        ClusterSums sums = ClusterSums.From(sample, i => sample.Candidate[i] - Gamma(i), i => sample.Dense[i] - Gamma(i));
        double value = Math.Max(0, (sample.CandidateMean - chance) / dense);
        return new Evidence
        {
            What = $"retention of {sample.Name}",
            Basis = $"{(correctForChance ? "retention" : "plain retention")} {sample.Fingerprint}",
            Value = value,
            Maximum = double.PositiveInfinity,
            AtLeast = true,
            Test = new LimitTest(limit => Test(sample, sums, chance, limit), nearby: true),
            Contrast = limit => Contrast(sample, sums, chance, limit),
            ItemsWithoutLoss = sample.IsRightWrong && sample.Counts.Forgotten == 0
                ? (limit, level) => WithoutLoss(sample.Counts, chance, limit, level)
                : null,
            TwoPointsUnder = limit => limit - NearbyLimit.Distance,
            Units = sample.Count,
            Items = sample.Count,
            Clusters = sample.Clusters,
            LossClusters = LossClusters.Of([(sample, 1)]),
            Flips = sample.IsRightWrong ? (sample.Counts.Forgotten, sample.Counts.Gained) : null,
        };
    }

    /// <summary>The one-sided p-values of "retention = limit" for right/wrong items, with and without clusters.</summary>
    /// <remarks>Asking both tests keeps clusters from ever making an interval narrower than the same items without clusters.</remarks>
    internal static TailProbabilities Test(PairedCounts counts, ClusterSums sums, double chance, double limit)
    {
        TailProbabilities items = PairedRetentionTest.Test(counts, chance, limit);
        return sums.HasClusters ? items.Cautious(sums.Test(limit)) : items;
    }

    private static TailProbabilities Test(TaskSample sample, ClusterSums sums, double chance, double limit)
    {
        if (sample.IsRightWrong)
            return Test(sample.Counts, sums, chance, limit);
        TailProbabilities items = Graded(sample, chance, limit);
        return sums.HasClusters ? items.Cautious(sums.Test(limit)) : items;
    }

    private static TailProbabilities Graded(TaskSample sample, double chance, double limit)
    {
        double offset = (1 - limit) * chance;
        double[] values = new double[sample.Count];
        double[] ones = new double[sample.Count];
        for (int i = 0; i < values.Length; i++)
            (values[i], ones[i]) = (sample.Candidate[i] - (limit * sample.Dense[i]) - offset, 1);

        TailProbabilities tilted = TiltedMeanTest.Test(values, [], -limit - Math.Max(offset, 0), 1 + Math.Max(-offset, 0));
        return tilted.Cautious(ClusterMeanTest.StudentTest(values, ones));
    }

    private static (double Mean, double Error) Contrast(TaskSample sample, ClusterSums sums, double chance, double limit)
    {
        double mean = sample.CandidateMean - chance - (limit * (sample.DenseMean - chance));
        double error = sums.StandardError(limit);
        if (sample.IsRightWrong)
            error = Math.Max(error, SmoothedError(sample.Counts, limit));
        return (mean, error);
    }

    // Half a flip more in each direction, so that a sample without flips does not claim to know its variance.
    private static double SmoothedError(PairedCounts counts, double limit)
    {
        double n = counts.Items + 1;
        double kept = counts.Kept / n;
        double lost = (counts.Forgotten + 0.5) / n;
        double gained = (counts.Gained + 0.5) / n;
        double mean = (kept * (1 - limit)) - (lost * limit) + gained;
        double square = (kept * (1 - limit) * (1 - limit)) + (lost * limit * limit) + gained;
        return Math.Sqrt(Math.Max(0, square - (mean * mean)) / n);
    }

    // Items needed until q^known ≤ α, at the share of known items seen so far.
    private static double WithoutLoss(PairedCounts counts, double chance, double limit, double level)
    {
        double knownShare = (double)counts.Known / counts.Items;
        double keptUnderNull = limit + ((1 - limit) * chance / knownShare);
        return keptUnderNull >= 1 ? double.PositiveInfinity : Math.Ceiling(Math.Log(level) / Math.Log(keptUnderNull)) / knownShare;
    }
}
