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
        if (Array.Exists(suite.Strata, stratum => stratum.Sums.HasClusters))
        {
            (double[] sums, double[] sizes) = ClusterContrast(suite, limit);
            tails = tails.Cautious(ClusterMeanTest.Test(sums, sizes));
        }

        return Array.TrueForAll(suite.Strata, stratum => stratum.Task.IsRightWrong) && suite.Forgotten + suite.Gained < PairedRetentionTest.FewFlips
            ? tails.Cautious(new TailProbabilities(LossInOneTask(suite, limit), 0))
            : tails;
    }

    /// <summary>Mean contrast and its standard error at a limit.</summary>
    public static (double Mean, double Error) MeanAndError(SuiteSample suite, double limit)
    {
        (double[] sums, double[] sizes) = ClusterContrast(suite, limit);
        double floor = 0;
        foreach (SuiteStratum stratum in suite.Strata)
        {
            // Half a flip in each direction, as for a single task.
            double n = stratum.Task.Count;
            double flips = (stratum.Task.Counts.Flips + 1) / n;
            double scale = stratum.Weight / stratum.DenseTotal;
            floor += stratum.Task.IsRightWrong ? flips * n * scale * scale : 0;
        }

        return (suite.Uncapped - limit, Math.Max(ClusterMeanTest.StandardError(sums, sizes), Math.Sqrt(floor)));
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

    private static (double[] Sums, double[] Sizes) ClusterContrast(SuiteSample suite, double limit)
    {
        double[] sums = new double[suite.Clusters];
        double[] sizes = new double[suite.Clusters];
        int at = 0;
        foreach (SuiteStratum stratum in suite.Strata)
        {
            double scale = Scale(suite, stratum);
            for (int g = 0; g < stratum.Sums.Count; g++, at++)
            {
                sums[at] = scale * (stratum.Sums.A[g] - (limit * stratum.Sums.B[g]));
                sizes[at] = stratum.Sums.Sizes[g];
            }
        }

        return (sums, sizes);
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
