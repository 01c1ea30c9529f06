using Gate.Core.Verdicts.Statistics;
using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Verdicts.Power;

/// <summary>The clusters of several tasks as they will be asked, one that stands in several tasks once.</summary>
internal sealed class PlannedClusters
{
    private readonly double[] _weights;

    /// <param name="tasks">The tasks.</param>
    /// <param name="weightOf">What an item of a task counts.</param>
    public PlannedClusters(IReadOnlyList<PlannedTask> tasks, Func<PlannedTask, double> weightOf)
    {
        Dictionary<string, double> weights = new(StringComparer.Ordinal);
        foreach (PlannedTask task in tasks)
        {
            foreach ((string name, int items) in task.ClusterSizes)
                weights[name] = weights.GetValueOrDefault(name) + (items * weightOf(task));
        }

        _weights = [.. weights.Values];
        Items = tasks.Sum(task => task.Items);
    }

    /// <summary>Items in all clusters.</summary>
    public int Items { get; }

    /// <summary>Number of clusters.</summary>
    public int Count => _weights.Length;

    /// <summary>Whether any cluster has more than one item.</summary>
    public bool HasClusters => Count < Items;

    /// <summary>As many clusters of one size as tell as much.</summary>
    public double Effective => ClusterMeanTest.EffectiveClusters(_weights);

    /// <summary>Whether a candidate that forgets half of what a limit allows, in every cluster alike, would be shown to keep it even if unseen clusters may be lost whole.</summary>
    public bool ShowWholeLoss(double limit, double level) => WholeClusterLoss.Below([.. _weights.Select(weight => weight * limit / 2)], _weights, limit) <= level;

    /// <summary>How many times the variance of independent items the clusters have: 1 + (Σm²/Σm − 1) ρ, m in items.</summary>
    public double DesignEffect(double correlation) => 1 + (Math.Max(0, (_weights.Sum(weight => weight * weight) / _weights.Sum()) - 1) * correlation);
}
