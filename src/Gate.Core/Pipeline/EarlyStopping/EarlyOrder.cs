using System.Collections.Immutable;
using System.Globalization;
using Gate.Core.Caching;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline.EarlyStopping;

/// <summary>A cluster of a task's items, or several that are asked as one.</summary>
/// <param name="Task">The task.</param>
/// <param name="Items">Its items in the order in which they are asked.</param>
internal sealed record AskedCluster(AskedTask Task, ImmutableArray<TaskItem> Items);

/// <summary>One step: the next items of one cluster of each stratum.</summary>
/// <param name="Pass">Index of the pass.</param>
/// <param name="Before">Items of each cluster that the passes before have asked.</param>
/// <param name="Until">Items of each cluster that have been asked after this one.</param>
/// <param name="Clusters">The clusters.</param>
internal sealed record AskedRound(int Pass, int Before, int Until, ImmutableArray<AskedCluster> Clusters)
{
    /// <summary>The items to ask now.</summary>
    public IEnumerable<(AskedTask Task, TaskItem Item)> NewItems =>
        Clusters.SelectMany(cluster => cluster.Items.Skip(Before).Take(Until - Before).Select(item => (cluster.Task, item)));
}

/// <summary>The order in which clusters and their items are asked: random, fixed by the seed before anything is seen, the same on every machine.</summary>
/// <param name="Rounds">The steps.</param>
/// <param name="Designs">What the rules about each task, or about all of them, may expect of the rounds.</param>
internal sealed record EarlyOrder(ImmutableArray<AskedRound> Rounds, ImmutableArray<EarlyDesign> Designs)
{
    /// <summary>Orders the tasks' items.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="pooled">True when a rule spans the tasks: then each is a stratum, and a round has a cluster of every one; as many clusters of a task with more
    /// of them are joined, at random, as make the numbers equal, and the few left over take part in no round. False deals a round of each task in turn.</param>
    public static EarlyOrder Of(IReadOnlyCollection<AskedTask> tasks, long seed, bool pooled)
    {
        ImmutableArray<AskedCluster>[] clusters = [.. tasks.Select(task => Shuffled(task, seed))];
        ImmutableArray<AskedCluster>[][] streams = pooled ? [Matched(clusters)] : [.. clusters.Select(each => new[] { each })];
        EarlyDesign[] designs = [.. streams.Select(strata => EarlyDesign.Of(
            [.. strata.Select(stratum => (stratum[0].Task.Definition.Name, (IReadOnlyList<int>)[.. stratum.Select(cluster => cluster.Items.Length)]))]))];
        AskedRound[][] rounds = [.. streams.Select((strata, i) => RoundsOf(strata, designs[i]).ToArray())];
        return new EarlyOrder(
            [.. Enumerable.Range(0, rounds.Max(stream => stream.Length)).SelectMany(turn => rounds.Where(stream => turn < stream.Length).Select(stream => stream[turn]))],
            [.. designs]);
    }

    /// <summary>The design for a rule about a task, or about all of them when <paramref name="task"/> is null.</summary>
    public EarlyDesign DesignFor(string? task) =>
        task is null ? Designs[0] : Designs.First(design => design.Strata.Any(stratum => stratum.Task == task)).For(task);

    private static IEnumerable<AskedRound> RoundsOf(ImmutableArray<AskedCluster>[] strata, EarlyDesign design)
    {
        for (int pass = 0; pass < design.Passes.Length; pass++)
        {
            int before = pass == 0 ? 0 : design.Passes[pass - 1];
            for (int round = 0; round < design.Rounds; round++)
                yield return new AskedRound(pass, before, design.Passes[pass], [.. strata.Select(stratum => stratum[round])]);
        }
    }

    private static ImmutableArray<AskedCluster>[] Matched(ImmutableArray<AskedCluster>[] strata)
    {
        int rounds = strata.Min(stratum => stratum.Length);
        return [.. strata.Select(stratum => Enumerable.Range(0, rounds).Select(round => Joined(stratum, round, stratum.Length / rounds)).ToImmutableArray())];
    }

    // Dealt in turn, so that the first items are of different clusters.
    private static AskedCluster Joined(ImmutableArray<AskedCluster> stratum, int round, int count)
    {
        AskedCluster[] parts = [.. stratum.Skip(round * count).Take(count)];
        return new AskedCluster(
            parts[0].Task, [.. parts.SelectMany(part => part.Items.Select((item, place) => (item, place))).OrderBy(pair => pair.place).Select(pair => pair.item)]);
    }

    private static ImmutableArray<AskedCluster> Shuffled(AskedTask task, long seed) =>
    [
        .. task.Items.GroupBy(ClusterOf, StringComparer.Ordinal).OrderBy(cluster => Key(seed, task, cluster.Key), StringComparer.Ordinal)
            .Select(cluster => new AskedCluster(task, [.. cluster.OrderBy(item => Key(seed, task, $"item {item.Id}"), StringComparer.Ordinal)])),
    ];

    /// <summary>The cluster of an item: its own where it has none.</summary>
    public static string ClusterOf(TaskItem item) => item.Cluster is { } cluster ? $"cluster {cluster}" : $"item {item.Id}";

    private static string Key(long seed, AskedTask task, string what) =>
        ContentHash.Of("early order 2", seed.ToString(CultureInfo.InvariantCulture), task.Definition.Name, what);
}
