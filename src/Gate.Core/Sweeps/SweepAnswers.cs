using System.Collections.Immutable;
using Gate.Core.Pipeline;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Sweeps;

/// <summary>A rung asks what the rungs before it did not: no candidate is asked a question twice.</summary>
internal static class SweepAnswers
{
    /// <summary>The answers to all items, each in its place, and how many of them had to be asked.</summary>
    /// <param name="tasks">The tasks with all items.</param>
    /// <param name="known">Answers to some of them, by task.</param>
    /// <param name="ask">Asks items; answers by task in the order of the items.</param>
    public static (ImmutableDictionary<string, ImmutableArray<ItemResult>> Answers, int Asked) Complete(
        ImmutableArray<AskedTask> tasks, ImmutableDictionary<string, ImmutableArray<ItemResult>> known,
        Func<ImmutableArray<AskedTask>, ImmutableDictionary<string, ImmutableArray<ItemResult>>> ask)
    {
        Dictionary<(string Task, string Item), ItemResult> answers = [];
        Keep(known);
        ImmutableArray<AskedTask> left =
        [
            .. tasks.Select(task => task with { Items = [.. task.Items.Where(item => !answers.ContainsKey((task.Definition.Name, item.Id)))] })
                .Where(task => task.Items.Length > 0),
        ];
        if (left.Length > 0)
            Keep(ask(left));
        return (
            tasks.ToImmutableDictionary(
                task => task.Definition.Name, task => task.Items.Select(item => answers[(task.Definition.Name, item.Id)]).ToImmutableArray(), StringComparer.Ordinal),
            left.Sum(task => task.Items.Length));

        void Keep(ImmutableDictionary<string, ImmutableArray<ItemResult>> results)
        {
            foreach ((string task, ImmutableArray<ItemResult> items) in results)
            {
                foreach (ItemResult item in items)
                    answers[(task, item.ItemId)] = item;
            }
        }
    }
}
