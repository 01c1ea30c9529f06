using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Evaluation.Chat;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline;

/// <summary>A task with the items that are asked in this run.</summary>
/// <param name="Definition">The task.</param>
/// <param name="Items">The items, in file order.</param>
/// <param name="Excluded">Items that this tokenizer cannot be asked.</param>
public sealed record AskedTask(TaskDefinition Definition, ImmutableArray<TaskItem> Items, ImmutableArray<ExcludedItem> Excluded)
{
    /// <summary>Loads every task of a suite as a model is asked it.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="model">The model; of dense model and candidate, the dense one, for both are asked the same.</param>
    /// <exception cref="GateException">Exit 2: an unknown task, or two of one name. Exit 4: data that cannot be used.</exception>
    public static ImmutableArray<AskedTask> Load(SuiteOptions suite, JudgedModel model)
    {
        ImmutableArray<TaskDefinition> definitions = Definitions(suite);
        ChatFrame? frame = ChatFrame.For(suite.Chat, model.Source);
        return [.. definitions.Select(definition =>
        {
            ItemSelection selection = TaskCatalogue.SelectItems(definition, suite.Limit, suite.Seed, model.Tokenizer);
            return frame is null
                ? new AskedTask(definition, selection.Items, selection.Excluded)
                : new AskedTask(frame.Apply(definition), frame.Apply(definition, selection.Items), selection.Excluded);
        })];
    }

    /// <summary>Says of every task how many items are left out, and why the first is.</summary>
    internal static void TellExcluded(ImmutableArray<AskedTask> tasks, RunContext context)
    {
        foreach (AskedTask task in tasks.Where(task => task.Excluded.Length > 0))
        {
            context.Note(
                "GATE3104", Severity.Note,
                $"{task.Excluded.Length} items of {task.Definition.Name} cannot be put to this model and are left out (first: {task.Excluded[0].Id}, {task.Excluded[0].Reason})");
        }
    }

    /// <summary>The definitions of a suite's tasks, without their data.</summary>
    /// <exception cref="GateException">Exit 2: an unknown task, or two of one name.</exception>
    /// <param name="suite">The suite.</param>
    /// <param name="places">Where the configuration names the tasks.</param>
    public static ImmutableArray<TaskDefinition> Definitions(SuiteOptions suite, ConfigurationPlaces? places = null)
    {
        ImmutableArray<TaskDefinition> definitions = [.. suite.Tasks.Select((name, i) => (places ?? ConfigurationPlaces.None).Refusing(
            $"suite.tasks.{i}", () => TaskCatalogue.Load(name, suite.BaseFolder, suite.AllowOutsideData, suite.DataFolder)))];
        string? twice = definitions.GroupBy(task => task.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
            throw GateException.Usage("GATE1008", $"two tasks of the suite are called '{twice}'", remedy: "give one of the task files another name");
        if (suite.Weights.Keys.FirstOrDefault(name => definitions.All(task => task.Name != name)) is { } unknown)
        {
            string? nearest = NearestName.Find(unknown, definitions.Select(task => task.Name));
            throw GateException.Usage(
                "GATE1003", $"'suite.weights' names the task '{unknown}', which is not in the suite",
                remedy: nearest is null ? "remove it, or add the task to suite.tasks" : $"did you mean '{nearest}'?");
        }

        return definitions;
    }
}
