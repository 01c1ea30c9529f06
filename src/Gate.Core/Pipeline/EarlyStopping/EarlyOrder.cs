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
    /// <param name="pooled">True when a rule spans the tasks: then each is a stratum, and a round has what every task has of one cluster, or of one of each family of tasks that
    /// share clusters; as many clusters of a family with more of them are joined, at random, as make the numbers equal, and the few left over take part in no round. False deals a
    /// round of each task in turn.</param>
    public static EarlyOrder Of(IReadOnlyCollection<AskedTask> tasks, long seed, bool pooled)
    {
        ImmutableArray<AskedCluster>[][] streams = pooled ? [Matched([.. tasks], seed)] : [.. tasks.Select(task => new[] { Shuffled(task, seed) })];
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

    // A cluster that stands in several tasks is one, heard in all of them in the same round: what it loses is lost in each. Tasks that share clusters are shuffled together,
    // and as many clusters of a family of tasks with more of them are joined as make the numbers equal.
    private static ImmutableArray<AskedCluster>[] Matched(AskedTask[] tasks, long seed)
    {
        ImmutableArray<string>[] names = [.. tasks.Select(task => task.Items.Select(item => ClusterOf(task, item)).Distinct(StringComparer.Ordinal).ToImmutableArray())];
        int[] family = [.. Enumerable.Range(0, tasks.Length)];
        Dictionary<string, int> owners = new(StringComparer.Ordinal);
        for (int i = 0; i < tasks.Length; i++)
        {
            foreach (string name in names[i])
            {
                (int from, int to) = (family[i], family[owners.TryAdd(name, i) ? i : owners[name]]);
                family = [.. family.Select(each => each == from ? to : each)];
            }
        }

        ILookup<int, string> shuffled = Enumerable.Range(0, tasks.Length)
            .SelectMany(i => names[i].Select(name => (Family: family[i], Name: name))).Distinct()
            .OrderBy(pair => Key(seed, "suite", pair.Name), StringComparer.Ordinal).ToLookup(pair => pair.Family, pair => pair.Name);
        int rounds = shuffled.Min(clusters => clusters.Count());
        return [.. tasks.Select((task, i) =>
        {
            ILookup<string, TaskItem> items = task.Items.ToLookup(item => ClusterOf(task, item), StringComparer.Ordinal);
            string[] order = [.. shuffled[family[i]]];
            int together = order.Length / rounds;
            return Enumerable.Range(0, rounds).Select(round => Joined(task, items, order.AsSpan(round * together, together), seed)).ToImmutableArray();
        })];
    }

    // Dealt in turn, so that the first items are of different clusters.
    private static AskedCluster Joined(AskedTask task, ILookup<string, TaskItem> items, ReadOnlySpan<string> clusters, long seed)
    {
        List<(TaskItem Item, int Place)> dealt = [];
        foreach (string cluster in clusters)
            dealt.AddRange(Shuffled(task, items[cluster], seed).Select((item, place) => (item, place)));
        return new AskedCluster(task, [.. dealt.OrderBy(pair => pair.Place).Select(pair => pair.Item)]);
    }

    private static ImmutableArray<AskedCluster> Shuffled(AskedTask task, long seed) =>
    [
        .. task.Items.GroupBy(item => ClusterOf(task, item), StringComparer.Ordinal).OrderBy(cluster => Key(seed, task.Definition.Name, cluster.Key), StringComparer.Ordinal)
            .Select(cluster => new AskedCluster(task, [.. Shuffled(task, cluster, seed)])),
    ];

    private static IEnumerable<TaskItem> Shuffled(AskedTask task, IEnumerable<TaskItem> items, long seed) =>
        items.OrderBy(item => Key(seed, task.Definition.Name, $"item {item.Id}"), StringComparer.Ordinal);

    /// <summary>The cluster of a task's item, by a name that means the same cluster in every task: its own where it has none.</summary>
    public static string ClusterOf(AskedTask task, TaskItem item) => item.Cluster is { } cluster ? $"cluster {cluster}" : $"item {task.Definition.Name}\n{item.Id}";

    private static string Key(long seed, string among, string what) =>
        ContentHash.Of("early order 3", seed.ToString(CultureInfo.InvariantCulture), among, what);
}
