using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>
/// A task can say something about forgetting only if the dense model clearly knew something: the lower one-sided 95 % bound of its score must
/// exceed chance by a margin.
/// </summary>
internal static class GateableBaseline
{
    private const double Confidence = 0.95;

    /// <summary>Why the task is not gateable, or null when it is.</summary>
    public static string? Reason(TaskSample sample, double margin)
    {
        if (sample.Problem is string problem)
            return problem;
        if (sample.IsPerplexity)
            return null;

        double bound = LowerBound(sample);
        double required = sample.ChanceMean + margin;
        return bound >= required
            ? null
            : $"the dense score is {NumberText.Against(sample.DenseMean, required)} on {NumberText.Count(sample.Count, "item")} "
                + $"(lower 95 % bound {NumberText.Against(bound, required)}), not clearly above chance {NumberText.Against(sample.ChanceMean, required)} "
                + $"by {NumberText.Exact(margin)}: the dense model has shown no knowledge here that could be lost";
    }

    /// <summary>Lower one-sided 95 % bound of the dense score: Wilson for right/wrong items, and the clustered t bound where that is lower.</summary>
    public static double LowerBound(TaskSample sample)
    {
        ClusterSums sums = ClusterSums.From(sample, i => sample.Dense[i], _ => 1);
        bool rightWrong = Array.TrueForAll(sample.Dense, score => score is 0 or 1);
        double wilson = rightWrong ? ProportionIntervals.Wilson(sample.Dense.Sum(), sample.Count, (2 * Confidence) - 1).Lower : 1;
        if (rightWrong && (!sums.HasClusters || sums.Count < 2))
            return wilson;
        if (sums.Count < 2)
            return 0;
        return Math.Min(wilson, sample.DenseMean - (StudentT.Quantile(Confidence, ClusterMeanTest.EffectiveClusters(sums.Sizes) - 1) * sums.StandardError(0)));
    }
}
