using System.Globalization;
using Gate.Diagnostics;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Sampling;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Suites;
using Gate.Evaluation.TaskFiles;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Tasks;

/// <summary>The built-in tasks and tasks read from files.</summary>
public static class TaskCatalogue
{
    private const string Extension = ".task.json";

    /// <summary>Names of the built-in tasks in suite order: <c>lama</c>, <c>factoid-qa</c>, <c>mcqa</c>, <c>incontext-qa</c>, <c>perplexity</c>.</summary>
    public static IReadOnlyList<string> BuiltInNames => [.. SuiteCatalogue.Load(SuiteCatalogue.DefaultName, "").Tasks.Select(task => task.Task)];

    /// <summary>Names of all built-in tasks: those of <see cref="BuiltInNames"/>, then the others in ordinal order.</summary>
    public static IReadOnlyList<string> AllBuiltInNames =>
        [.. BuiltInNames.Union(BuiltInFiles().Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal)];

    /// <summary>A built-in task by name (behind a slash one of those it is repeated over, behind @ the number of examples: <c>mmlu/anatomy@5</c>), or a task file by path.</summary>
    /// <param name="nameOrPath">A built-in name, or the path of a <c>*.json</c> task file.</param>
    /// <param name="baseFolder">Folder that relative paths start from.</param>
    /// <param name="dataFolder">Folder of published data sets, or null; a relative one starts from <paramref name="baseFolder"/>.</param>
    /// <param name="allowOutsideData">Whether a task file may name files that are neither below its own folder nor below <paramref name="baseFolder"/>.</param>
    /// <exception cref="GateException">Exit 2 with file, line and nearest name.</exception>
    public static TaskDefinition Load(string nameOrPath, string baseFolder, bool allowOutsideData = false, string? dataFolder = null)
    {
        Dictionary<string, string> builtIn = BuiltInFiles();
        (string name, string? value, int? shots) = Parse(nameOrPath);
        if (builtIn.TryGetValue(name, out string? file))
        {
            TaskDefinition task = Reader(null).Read(file, shots);
            return value is null ? task : Only(task, value);
        }

        if (nameOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !nameOrPath.Contains('\0', StringComparison.Ordinal))
            return Reader(allowOutsideData ? null : Path.GetFullPath(baseFolder)).Read(Path.GetFullPath(nameOrPath, Path.GetFullPath(baseFolder)), null);
        string? nearest = NearestName.Find(nameOrPath, builtIn.Keys.Order(StringComparer.Ordinal));
        throw GateException.Usage(
            "GATE5007", $"there is no task '{nameOrPath}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}", null,
            $"built-in tasks: {string.Join(", ", AllBuiltInNames)}; or give the path of a task file (*.json)");

        TaskFileReader Reader(string? within) => new(within, dataFolder is null ? null : Path.GetFullPath(dataFolder, Path.GetFullPath(baseFolder)), builtIn.GetValueOrDefault);
    }

    // NAME, NAME/VALUE, NAME@SHOTS, NAME/VALUE@SHOTS.
    private static (string Name, string? Value, int? Shots) Parse(string written)
    {
        int at = written.LastIndexOf('@');
        bool counted = int.TryParse(written.AsSpan()[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int shots) && at > 0;
        string task = counted ? written[..at] : written;
        int slash = task.IndexOf('/', StringComparison.Ordinal);
        return (slash < 0 ? task : task[..slash], slash < 0 ? null : task[(slash + 1)..], counted ? shots : null);
    }

    // One repetition of a task: its name says so, and so does its hash.
    private static TaskDefinition Only(TaskDefinition task, string value)
    {
        if (task.Settings.Each is not { } each)
        {
            throw GateException.Usage(
                "GATE5007", $"the task '{task.Name}' is not repeated over anything, so there is no '{task.Name}/{value}'", null, $"write '{task.Name}'");
        }

        TaskDefinition one = task with { Name = $"{task.Name}_{value}", Title = $"{task.Title}: {value}", Settings = task.Settings with { Each = each with { Only = value } } };
        one = one with { Options = one.Options.SetItem("each.only", value) };
        return one with { DefinitionHash = TaskOptions.Hash(one) };
    }

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
    /// <exception cref="GateException">Exit 4: missing, empty, malformed (with line), missing fields, duplicate ids.</exception>
    public static ItemSelection SelectItems(TaskDefinition task, int? limit, long seed, Tokenizer? tokenizer)
    {
        if (limit < 1)
            throw GateException.Usage("GATE5008", $"the limit of the task '{task.Name}' is {limit}, expected at least 1", null, "leave it out to ask all items");
        List<ExcludedItem> excluded = [];
        IReadOnlyList<TaskItem> items = TaskForms.Of(task.Kind).ReadItems(task, tokenizer, excluded);
        if (items.Count == 0)
        {
            string shown = DisplayPath.Of(task.Source.Forms[0].Path);
            throw GateException.Input(
                "GATE5016", $"none of the {excluded.Count} items of the task '{task.Name}' can be asked; the first: {excluded[0].Id}, {excluded[0].Reason}",
                new SourceLocation(shown), "use a task whose answers fit the model's tokenizer, for example multiple choice");
        }

        return new ItemSelection([.. SeededSample.Take(items, item => item.Id, limit, seed)], items.Count, [.. excluded]);
    }

    /// <summary>Whether a name is that of a built-in task, or of one of those it is repeated over.</summary>
    public static bool IsBuiltIn(string name) => BuiltInFiles().ContainsKey(Parse(name).Name);

    private static Dictionary<string, string> BuiltInFiles() =>
        Directory.EnumerateFiles(SuiteCatalogue.BuiltInFolder, "*" + Extension, SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetFileName(path)[..^Extension.Length], path => path, StringComparer.Ordinal);
}
