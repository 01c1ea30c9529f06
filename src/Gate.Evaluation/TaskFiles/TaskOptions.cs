using System.Collections.Immutable;
using System.Globalization;
using Gate.Evaluation.Scoring;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.TaskFiles;

/// <summary>The options of a task as texts, for reports and for its hash: only what the kind uses, defaults included.</summary>
internal static class TaskOptions
{
    /// <summary>The options by their key in task files.</summary>
    public static ImmutableSortedDictionary<string, string> Of(TaskDefinition task, ITaskKind kind, FewShotPreamble preamble)
    {
        TaskSettings settings = task.Settings;
        Dictionary<string, string> options = new(StringComparer.Ordinal)
        {
            [TaskFileKeys.AddSpecialTokens] = (settings.AddSpecialTokens ?? kind.Kind != TaskKind.Perplexity) ? "true" : "false",
        };

        // Decides no score: a task that does not say it keeps its hash, and with it the answers that were given before.
        if (settings.ClusterScope != (kind.Kind == TaskKind.Perplexity ? ClusterScope.Task : ClusterScope.Suite))
            options[TaskFileKeys.ClusterScope] = settings.ClusterScope.ToString().ToLowerInvariant();
        if (kind.Kind != TaskKind.Perplexity)
        {
            options[TaskFileKeys.TargetDelimiter] = settings.TargetDelimiter;
            options[TaskFileKeys.Shots] = preamble.Shots.ToString(CultureInfo.InvariantCulture);
            foreach ((string role, string? field) in Roles(kind.Kind, settings.Fields))
                options[$"{TaskFileKeys.Fields}.{role}"] = field ?? "";
        }

        foreach (string key in kind.Keys)
        {
            options[key] = key switch
            {
                TaskFileKeys.Normalizer => settings.Normalizer,
                TaskFileKeys.Stops => string.Join(", ", settings.Stops.Select(stop => $"\"{stop.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"")),
                TaskFileKeys.MaximumNewTokens => settings.MaximumNewTokens.ToString(CultureInfo.InvariantCulture),
                TaskFileKeys.Candidates => settings.Candidates.ToString().ToLowerInvariant(),
                TaskFileKeys.Window => settings.Window.ToString(CultureInfo.InvariantCulture),
                TaskFileKeys.Text => settings.Text.ToString().ToLowerInvariant(),
                _ => throw new InvalidOperationException($"the key '{key}' has no option text"),
            };
        }

        return options.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>The definition's hash: kind and its revision, protocol, metric, prompt, preamble, stops and options; not name, title, notes and data.</summary>
    public static string Hash(TaskDefinition task, ITaskKind kind)
    {
        using ContentHash hash = new();
        hash.Add("gate-task/1").Add(kind.Name).Add(kind.Revision).Add(task.Protocol).Add(task.Metric).Add(task.Prompt).Add(task.Settings.Preamble)
            .Add(task.Settings.Stops);
        foreach ((string key, string value) in task.Options)
            hash.Add(key).Add(value);
        return hash.ToHexadecimal();
    }

    private static IEnumerable<(string Role, string? Field)> Roles(TaskKind kind, TaskFields fields)
    {
        yield return ("id", fields.Id);
        yield return ("question", fields.Question);
        yield return ("context", fields.Context);
        yield return ("cluster", fields.Cluster);
        yield return ("group", fields.Group);
        if (kind == TaskKind.MultipleChoice)
        {
            yield return ("choices", fields.Choices);
            yield return ("answer", fields.Answer);
        }
        else
        {
            yield return ("answers", fields.Answers);
        }
    }
}
