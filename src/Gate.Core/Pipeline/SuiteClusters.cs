using System.Collections.Immutable;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline;

/// <summary>
/// Finds out which items of a suite are observations of their own. Items with one cluster label go together in whichever tasks they stand (unless a task's <c>clusterScope</c>
/// keeps its labels apart), and so do items that ask the same with the same answer: a question copied thirty times, or asked freely in one task and with choices in another, is
/// heard once.
/// </summary>
internal static class SuiteClusters
{
    /// <summary>The tasks with every item's cluster named so that equal names mean one cluster over the whole suite; null stays where an item is alone.</summary>
    /// <param name="tasks">The tasks as their files say.</param>
    public static ImmutableArray<AskedTask> Join(ImmutableArray<AskedTask> tasks)
    {
        var sets = new DisjointSets();
        foreach (AskedTask task in tasks)
        {
            for (int i = 0; i < task.Items.Length; i++)
                sets.Join(Keys(task, task.Items[i]));
        }

        // The name of a set is the first label in it, or the first item where no item has a label.
        Dictionary<int, string> names = [];
        Dictionary<int, int> sizes = [];
        foreach ((AskedTask task, TaskItem item) in tasks.SelectMany(task => task.Items.Select(item => (task, item))))
        {
            int set = sets.Find(Keys(task, item)[0]);
            sizes[set] = sizes.GetValueOrDefault(set) + 1;
            string? label = Label(task, item);
            if (label is not null && (!names.TryGetValue(set, out string? known) || string.CompareOrdinal(label, known) < 0))
                names[set] = label;
        }

        return [.. tasks.Select(task => task with { Items = [.. task.Items.Select(item => item with { Cluster = Name(task, item) })] })];

        string? Name(AskedTask task, TaskItem item)
        {
            int set = sets.Find(Keys(task, item)[0]);
            if (names.TryGetValue(set, out string? name))
                return name;
            return sizes[set] == 1 ? null : names[set] = $"like {task.Definition.Name}/{item.Id}";
        }
    }

    private static string? Label(AskedTask task, TaskItem item) =>
        item.Cluster is null ? null : task.Definition.Settings.ClusterScope == ClusterScope.Suite ? item.Cluster : $"{task.Definition.Name}: {item.Cluster}";

    // What an item has in common with others of its set: its label, and what it asks with each accepted answer.
    private static string[] Keys(AskedTask task, TaskItem item)
    {
        string? label = Label(task, item);
        string[] contents = item.Asked.Length == 0 ? []
            : item.Answers.IsEmpty ? [$"asks {Plain(item.Asked)}"] : [.. item.Answers.Select(answer => $"asks {Plain(item.Asked)}\nanswer {Plain(answer)}")];
        string[] keys = label is null ? contents : [$"label {label}", .. contents];
        return keys.Length > 0 ? keys : [$"item {task.Definition.Name}\n{item.Id}"];
    }

    // Copies that differ in white space or case are copies.
    private static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant();

    private sealed class DisjointSets
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly List<int> _parents = [];

        public void Join(string[] keys)
        {
            int first = Find(keys[0]);
            foreach (string key in keys.Skip(1))
                _parents[Find(key)] = first;
        }

        public int Find(string key)
        {
            if (!_numbers.TryGetValue(key, out int number))
            {
                _numbers.Add(key, number = _parents.Count);
                _parents.Add(number);
            }

            while (_parents[number] != number)
                number = _parents[number] = _parents[_parents[number]];
            return number;
        }
    }
}
