using System.Collections.Immutable;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.TaskFiles;

/// <summary>The options of a task as texts, for reports and for its hash: what its keys say of it, defaults included.</summary>
internal static class TaskOptions
{
    /// <summary>The keys that a file of a form may have, in the order in which they are read.</summary>
    public static ImmutableArray<TaskKey> KeysOf(ITaskForm form) => [.. TaskKeys.First, .. form.IsPrompted ? PromptKeys.All : [], .. form.Keys, .. TaskKeys.Last];

    /// <summary>The options by their key in task files.</summary>
    public static ImmutableSortedDictionary<string, string> Of(TaskDefinition task) =>
        KeysOf(TaskForms.Of(task.Kind)).SelectMany(key => key.Options(task)).ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The definition's hash: kind and its revision, protocol, metric, prompt, preamble, stops and options; not name, title, notes and data.</summary>
    public static string Hash(TaskDefinition task)
    {
        using ContentHash hash = new();
        hash.Add("gate-task/1").Add(task.Kind).Add(TaskForms.Of(task.Kind).Revision).Add(task.Protocol).Add(task.Metric).Add(task.Prompt).Add(task.Settings.Preamble)
            .Add(task.Settings.Stops);
        foreach ((string key, string value) in task.Options)
            hash.Add(key).Add(value);
        return hash.ToHexadecimal();
    }
}
