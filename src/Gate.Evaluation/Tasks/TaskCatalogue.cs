namespace Gate.Evaluation.Tasks;

/// <summary>The built-in tasks and tasks read from files.</summary>
public static class TaskCatalogue
{
    /// <summary>Names of the built-in tasks in suite order: <c>lama</c>, <c>factoid-qa</c>, <c>mcqa</c>, <c>incontext-qa</c>, <c>perplexity</c>.</summary>
    public static IReadOnlyList<string> BuiltInNames => throw new NotImplementedException();

    /// <summary>A built-in task by name, or a task file by path.</summary>
    /// <param name="nameOrPath">A built-in name, or the path of a <c>*.json</c> task file.</param>
    /// <param name="baseFolder">Folder that relative paths start from.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 with file, line and nearest name.</exception>
    public static TaskDefinition Load(string nameOrPath, string baseFolder) => throw new NotImplementedException();

    /// <summary>Reads a task's items in file order, then takes a seeded random sample when there are more than <paramref name="limit"/>.</summary>
    /// <param name="task">The task.</param>
    /// <param name="limit">Most items, or null for all.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: missing, empty, malformed (with line), missing fields, duplicate ids.</exception>
    public static IReadOnlyList<TaskItem> LoadItems(TaskDefinition task, int? limit, long seed) => throw new NotImplementedException();
}
