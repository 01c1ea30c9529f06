using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.Sources;

/// <summary>The sets of values that a task is repeated over.</summary>
internal static class EachValues
{
    /// <summary>The sets, in order; one without variables for a task that is not repeated.</summary>
    /// <exception cref="GateException">Exit 2: the one set that shall be asked does not exist. Exit 4: rows that give the sets cannot be read.</exception>
    public static IReadOnlyList<ImmutableDictionary<string, string>> Of(TaskDefinition task)
    {
        if (task.Settings.Each is not { } each)
            return [ImmutableDictionary<string, string>.Empty];
        ImmutableDictionary<string, string>[] all = each.From is null ? [.. each.Values] : [.. FromRows(task, each, each.From)];
        if (each.Only is not { } only)
            return all;
        ImmutableDictionary<string, string>[] one = [.. all.Where(set => set[each.Name] == only)];
        string? nearest = NearestName.Find(only, all.Select(set => set[each.Name]));
        return one.Length > 0 ? one : throw GateException.Usage(
            "GATE5007", $"the task '{task.Name}' has no {each.Name} '{only}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}", null,
            $"it has: {string.Join(", ", all.Select(set => set[each.Name]).Take(60))}");
    }

    private static IEnumerable<ImmutableDictionary<string, string>> FromRows(TaskDefinition task, TaskEach each, DataSource source)
    {
        BadRows bad = new(0);
        foreach (DataRecord record in DataRows.Read(source, ImmutableDictionary<string, string>.Empty, task.Published, bad))
            yield return each.Fields.ToImmutableDictionary(field => field.Key, field => record.RequireText(field.Value), StringComparer.Ordinal);
        bad.Check(0);
    }
}
