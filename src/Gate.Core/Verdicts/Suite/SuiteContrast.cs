using Gate.Core.Verdicts.Statistics;
using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Verdicts.Suite;

/// <summary>
/// Tests the uncapped Sr against a limit r without resampling: Σ w_t (R*_t − r) is a mean of item contrasts
/// x_i = [(c − γ) − r (b − γ)] · w_t / (mean dense score above chance of task t), so the tests of a single task apply. Uncapped retention is never
/// below the capped one, hence "shown to be below r" here holds for Sr as well.
/// </summary>
internal static class SuiteContrast
{
    /// <summary>The one-sided p-values of "uncapped Sr = limit".</summary>
    public static TailProbabilities Test(SuiteSample suite, double limit)
    {
        TailProbabilities tails = Items(suite, limit);
        if (suite.HasClusters)
        {
            ClusteredContrast clustered = Clustered(suite, limit);
            tails = tails.Cautious(clustered.Sums.Length < 2
                ? TailProbabilities.Unknown
                : ClusterMeanTest.Test(clustered.Sums, ClusterMeanTest.StudentTest(clustered.Mean, clustered.Error, clustered.Effective)));
        }

        return Array.TrueForAll(suite.Strata, stratum => stratum.Task.IsRightWrong) && suite.Forgotten + suite.Gained < PairedRetentionTest.FewFlips
            ? tails.Cautious(new TailProbabilities(LossInOneTask(suite, limit), 0))
            : tails;
    }

    /// <summary>Mean contrast and its standard error at a limit.</summary>
    public static (double Mean, double Error) MeanAndError(SuiteSample suite, double limit)
    {
        double floor = 0;
        foreach (SuiteStratum stratum in suite.Strata)
        {
            // Half a flip in each direction, as for a single task.
            double n = stratum.Task.Count;
            double flips = (stratum.Task.Counts.Flips + 1) / n;
            double scale = stratum.Weight / stratum.DenseTotal;
            floor += stratum.Task.IsRightWrong ? flips * n * scale * scale : 0;
        }

        return (suite.Uncapped - limit, Math.Max(Clustered(suite, limit).Error, Math.Sqrt(floor)));
    }

    // A contrast of one item of the stratum is worth this much of the suite's mean over all items.
    private static double Scale(SuiteSample suite, SuiteStratum stratum) => suite.Items * stratum.Weight / stratum.DenseTotal;

    private static TailProbabilities Items(SuiteSample suite, double limit)
    {
        List<double> values = [];
        List<int> counts = [];
        double lowest = 0;
        double highest = 0;
        foreach (SuiteStratum stratum in suite.Strata)
        {
            TaskSample task = stratum.Task;
            double scale = Scale(suite, stratum);
            double offset = (1 - limit) * task.ChanceMean;
            lowest = Math.Min(lowest, scale * (-limit - Math.Max(offset, 0)));
            highest = Math.Max(highest, scale * (1 + Math.Max(-offset, 0)));
            if (task.IsRightWrong)
            {
                values.AddRange([scale * (1 - limit - offset), scale * (-limit - offset), scale * (1 - offset), scale * -offset]);
                counts.AddRange([task.Counts.Kept, task.Counts.Forgotten, task.Counts.Gained, task.Counts.NeverKnown]);
                continue;
            }

            for (int i = 0; i < task.Count; i++)
            {
                values.Add(scale * (task.Candidate[i] - (limit * task.Dense[i]) - offset));
                counts.Add(1);
            }
        }

        return TiltedMeanTest.Test(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(counts),
            lowest, highest);
    }

    // The contrast by cluster: a cluster's sum over all tasks it stands in, because it is kept and lost as one. Within a family of tasks that share clusters the spread
    // between clusters counts, each task about its own mean; families are independent, so their variances add, with the degrees of freedom of Satterthwaite (1946).
    private static ClusteredContrast Clustered(SuiteSample suite, double limit)
    {
        // One cluster alone has no spread to be estimated: then all are taken as clusters of one family.
        bool pooled = Array.Exists(suite.Families, family => family.Count < 2);
        List<double> sums = [];
        List<double> deviations = [];
        List<double> shares = [];
        double variance = 0;
        double freedom = 0;
        foreach (SuiteFamily family in suite.Families)
        {
            int first = sums.Count;
            for (int g = 0; g < family.Count; g++)
            {
                double sum = 0, deviation = 0, share = 0;
                for (int s = 0; s < family.Strata.Length; s++)
                {
                    SuiteStratum stratum = suite.Strata[family.Strata[s]];
                    double scale = Scale(suite, stratum);
                    double contrast = scale * (family.A[s][g] - (limit * family.B[s][g]));
                    double mean = pooled ? suite.UncappedMean - limit : scale * (stratum.Retention - limit) * stratum.DenseTotal / stratum.Task.Count;
                    sum += contrast;
                    deviation += contrast - (family.Sizes[s][g] * mean);
                    share += pooled ? family.Sizes[s][g] : family.Sizes[s][g] * stratum.Weight / stratum.Task.Count;
                }

                sums.Add(sum);
                deviations.Add(deviation);
                shares.Add(share);
            }

            if (!pooled)
                Add(first);
        }

        if (pooled)
            Add(0);
        double error = Math.Sqrt(variance) / suite.Items;
        double effective = freedom > 0 ? 1 + (variance * variance / freedom) : suite.Clusters;
        return new ClusteredContrast([.. sums], suite.UncappedMean - limit, error, effective);

        void Add(int from)
        {
            int count = sums.Count - from;
            double effectiveClusters = ClusterMeanTest.EffectiveClusters(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(shares)[from..]);
            if (count < 2 || effectiveClusters <= 1)
                return;
            double part = 0;
            for (int g = from; g < sums.Count; g++)
                part += deviations[g] * deviations[g];
            part *= count / (count - 1.0);
            variance += part;
            freedom += part * part / (effectiveClusters - 1);
        }
    }

    // With hardly a flip anywhere the worst case is that all the tolerated loss sits in one task: each task alone must speak against it.
    private static double LossInOneTask(SuiteSample suite, double limit)
    {
        double worst = 0;
        foreach (SuiteStratum stratum in suite.Strata)
        {
            PairedCounts counts = stratum.Task.Counts;
            double lossOfKnown = (1 - limit) / stratum.Weight * stratum.DenseTotal / counts.Known;
            worst = Math.Max(worst, lossOfKnown >= 1 ? 0 : BinomialDistribution.AtMost(counts.Forgotten, counts.Known, lossOfKnown));
        }

        return worst;
    }
}

/// <summary>The contrast of a suite by cluster.</summary>
/// <param name="Sums">Sum over each cluster, in all tasks it stands in.</param>
/// <param name="Mean">Uncapped retention over the limit.</param>
/// <param name="Error">Its cluster-robust standard error; 0 for a single cluster.</param>
/// <param name="Effective">Effective number of clusters.</param>
internal sealed record ClusteredContrast(double[] Sums, double Mean, double Error, double Effective);
