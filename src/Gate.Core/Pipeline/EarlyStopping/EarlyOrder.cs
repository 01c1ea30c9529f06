using System.Collections.Immutable;
using System.Globalization;
using Gate.Core.Caching;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline.EarlyStopping;

/// <summary>A cluster of a task's items, asked as a whole.</summary>
/// <param name="Task">The task.</param>
/// <param name="Items">Its items, in the order of the task.</param>
internal sealed record AskedCluster(AskedTask Task, ImmutableArray<TaskItem> Items);

/// <summary>The order in which clusters are asked: random, fixed by the seed before anything is seen, the same on every machine.</summary>
internal static class EarlyOrder
{
    /// <summary>All clusters of the tasks.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="pooled">True when a rule spans the tasks: then one random order over all clusters, so that at every moment each task has its share
    /// in expectation. False deals one cluster of each task in turn.</param>
    public static ImmutableArray<AskedCluster> Of(IReadOnlyCollection<AskedTask> tasks, long seed, bool pooled)
    {
        (AskedCluster Cluster, string Key)[][] dealt = [.. tasks.Select(task => task.Items.GroupBy(ClusterOf, StringComparer.Ordinal)
            .Select(cluster => (new AskedCluster(task, [.. cluster]), Key(seed, task, cluster.Key)))
            .OrderBy(pair => pair.Item2, StringComparer.Ordinal).ToArray())];
        return pooled
            ? [.. dealt.SelectMany(task => task).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Cluster)]
            : [.. Enumerable.Range(0, dealt.Max(task => task.Length)).SelectMany(turn => dealt.Where(task => turn < task.Length).Select(task => task[turn].Cluster))];
    }

    /// <summary>The cluster of an item: its own where it has none.</summary>
    public static string ClusterOf(TaskItem item) => item.Cluster is { } cluster ? $"cluster {cluster}" : $"item {item.Id}";

    private static string Key(long seed, AskedTask task, string cluster) =>
        ContentHash.Of("early order 1", seed.ToString(CultureInfo.InvariantCulture), task.Definition.Name, cluster);
}
