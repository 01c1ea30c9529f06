using Gate.Models.Tokenization;

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

    /// <summary>The items of <see cref="SelectItems"/> without the account of what was left out.</summary>
    /// <inheritdoc cref="SelectItems"/>
    public static IReadOnlyList<TaskItem> LoadItems(TaskDefinition task, int? limit, long seed, Tokenizer? tokenizer = null) =>
        SelectItems(task, limit, seed, tokenizer).Items;

    /// <summary>Reads a task's items in file order, leaves out those the model's tokenizer cannot be asked, then takes a seeded random sample
    /// when there are more than <paramref name="limit"/>. The sample stays in file order, a larger limit only adds items to it, and adding or
    /// moving lines of the file does not change which of two other items is preferred.</summary>
    /// <param name="task">The task.</param>
    /// <param name="limit">Most items, at least 1, or null for all.</param>
    /// <param name="seed">Seed of the sample.</param>
    /// <param name="tokenizer">The tokenizer of the models that will be asked. Perplexity cannot be cut into windows without it; a cloze keeps
    /// labels of more than one token without it, which then count as invalid.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: missing, empty, malformed (with line), missing fields, duplicate ids.</exception>
    public static ItemSelection SelectItems(TaskDefinition task, int? limit, long seed, Tokenizer? tokenizer) => throw new NotImplementedException();
}
