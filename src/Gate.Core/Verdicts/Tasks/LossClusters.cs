using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>How what can be lost is spread over clusters, and how losses go together within them.</summary>
/// <param name="Effective">As many clusters of one size as tell as much: (Σ k)² / Σ k² over what the dense model scored in each cluster.</param>
/// <param name="Correlation">Mean product of the losses of two items of a cluster, about their mean, over their mean square; the largest of several
/// tasks. 0 when nothing is lost: then nothing is known about it.</param>
internal sealed record LossClusters(double Effective, double Correlation)
{
    /// <summary>Over one or more tasks, each with its share; null when no task has a cluster of several items, or the dense model scored nothing.</summary>
    public static LossClusters? Of(IReadOnlyList<(TaskSample Task, double Share)> tasks)
    {
        double correlation = 0;
        Dictionary<TaskSample, double> scales = [];
        foreach ((TaskSample task, double share) in tasks)
        {
            ClusterSums sums = ClusterSums.From(task, i => Lost(task, i), i => task.Dense[i], i => task.Dense[i] > 0);
            double total = sums.B.Sum();
            scales.Add(task, share / total);
            correlation = Math.Max(correlation, CorrelationOf(task, sums, total));
        }

        ClusterSums known = ClusterSums.Over([.. tasks.Select(task => task.Task)], (_, _) => 0, (task, i) => task.Dense[i] * scales[task], (task, i) => task.Dense[i] > 0);
        return known.Count > 1 && known.HasClusters ? new LossClusters(ClusterMeanTest.EffectiveClusters(known.B), correlation) : null;
    }

    /// <summary>The probability that a sample holds none of the clusters of a loss as large as the limit allows, when such a loss takes whole clusters.</summary>
    /// <param name="retained">What the limit asks to be kept, 0 to 1.</param>
    public double Unseen(double retained) => Math.Pow(Math.Clamp(retained, 0, 1), Effective);

    // What of an item the dense model scored and the candidate does not: 1 for a forgotten one.
    private static double Lost(TaskSample task, int i) => Math.Max(0, task.Dense[i] - task.Candidate[i]);

    private static double CorrelationOf(TaskSample task, ClusterSums sums, double known)
    {
        double share = sums.A.Sum() / known;
        double squares = 0;
        for (int i = 0; i < task.Count; i++)
        {
            double deviation = task.Dense[i] > 0 ? Lost(task, i) - (share * task.Dense[i]) : 0;
            squares += deviation * deviation;
        }

        double products = -squares;
        double pairs = 0;
        for (int g = 0; g < sums.Count; g++)
        {
            double deviation = sums.A[g] - (share * sums.B[g]);
            products += deviation * deviation;
            pairs += sums.Sizes[g] * (sums.Sizes[g] - 1);
        }

        return squares > 0 && pairs > 0 ? Math.Clamp(products / pairs * sums.Sizes.Sum() / squares, 0, 1) : 0;
    }
}
