using System.Collections.Immutable;
using Gate.Core.Caching;
using Gate.Core.Pipeline;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Sweeps;

/// <summary>The questions in two halves that share none: one to choose a recipe by, one to judge the choice.</summary>
/// <param name="Search">Questions the search may see.</param>
/// <param name="Verdict">Questions only the verdict sees.</param>
public sealed record SweepSplit(ImmutableArray<AskedTask> Search, ImmutableArray<AskedTask> Verdict)
{
    /// <summary>Splits every task in halves by a seeded order of its ids; questions of the same content stay together.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="seed">The seed.</param>
    public static SweepSplit Of(ImmutableArray<AskedTask> tasks, long seed)
    {
        var halves = tasks.Select(task =>
        {
            HashSet<string> search = [.. task.Items.Select(item => item.Hash).Distinct(StringComparer.Ordinal)
                .OrderBy(hash => ContentHash.Of("gate split 1", $"{seed}", task.Definition.Name, hash), StringComparer.Ordinal)
                .Where((_, rank) => rank % 2 == 0)];
            return (Search: task with { Items = [.. task.Items.Where(item => search.Contains(item.Hash))] },
                Verdict: task with { Items = [.. task.Items.Where(item => !search.Contains(item.Hash))] });
        }).ToArray();
        var split = new SweepSplit([.. halves.Select(half => half.Search)], [.. halves.Select(half => half.Verdict)]);
        split.RequireDisjoint();
        return split;
    }

    /// <summary>Some questions of the search half that the dense model answers right, in a seeded order over all tasks.</summary>
    /// <param name="dense">The dense model's answers to the search half.</param>
    /// <param name="count">Most questions.</param>
    /// <param name="seed">The seed.</param>
    public ImmutableArray<AskedTask> Known(ImmutableDictionary<string, ImmutableArray<ItemResult>> dense, int count, long seed)
    {
        var known = Search.Where(task => !task.Definition.Measure.IsLoss)
            .SelectMany(task => task.Items.Where((_, i) => IsRight(dense[task.Definition.Name][i])).Select(item => (Task: task.Definition.Name, Item: item)))
            .OrderBy(pair => ContentHash.Of("gate known 1", $"{seed}", pair.Task, pair.Item.Id), StringComparer.Ordinal)
            .Take(count).Select(pair => (pair.Task, pair.Item.Id)).ToHashSet();
        return Only(known);
    }

    /// <summary>A share of the search half's questions, the same share of every task in a seeded order. Windows of text are not among them.</summary>
    /// <param name="share">The share, up to 1; a larger one holds every smaller one.</param>
    /// <param name="seed">The seed.</param>
    public ImmutableArray<AskedTask> Portion(double share, long seed)
    {
        var chosen = Search.Where(task => !task.Definition.Measure.IsLoss).SelectMany(task => task.Items
            .OrderBy(item => ContentHash.Of("gate portion 1", $"{seed}", task.Definition.Name, item.Id), StringComparer.Ordinal)
            .Take((int)Math.Ceiling(task.Items.Length * share)).Select(item => (task.Definition.Name, item.Id))).ToHashSet();
        return Only(chosen);
    }

    /// <summary>Two sets of the search half's questions in one.</summary>
    public ImmutableArray<AskedTask> With(ImmutableArray<AskedTask> some, ImmutableArray<AskedTask> others) =>
        Only([.. some.Concat(others).SelectMany(task => task.Items.Select(item => (task.Definition.Name, item.Id)))]);

    private ImmutableArray<AskedTask> Only(HashSet<(string Task, string Item)> chosen) =>
    [
        .. Search.Select(task => task with { Items = [.. task.Items.Where(item => chosen.Contains((task.Definition.Name, item.Id)))] }).Where(task => task.Items.Length > 0),
    ];

    internal static bool IsRight(ItemResult result) => !result.Invalid && result.Score == 1;

    private void RequireDisjoint()
    {
        for (int i = 0; i < Search.Length; i++)
        {
            HashSet<string> searched = [.. Search[i].Items.Select(item => item.Id)];
            if (Verdict[i].Items.FirstOrDefault(item => searched.Contains(item.Id)) is { } shared)
                throw new InvalidOperationException($"'{shared.Id}' of {Search[i].Definition.Name} is in the search and in the verdict split");
        }
    }
}
