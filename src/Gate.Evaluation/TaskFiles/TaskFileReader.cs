using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Prompting;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.TaskFiles;

/// <summary>Reads a task's declarative file into a <see cref="TaskDefinition"/>, checking every key, type and value.</summary>
/// <param name="Within">Absolute folder that the files it names must be below, unless they are below its own; null: they may be anywhere.</param>
/// <param name="DataFolder">Absolute folder of published data sets, or null when none is named.</param>
/// <param name="BuiltIn">The path of a built-in task, or null.</param>
internal sealed record TaskFileReader(string? Within, string? DataFolder, Func<string, string?> BuiltIn)
{
    /// <summary>Reads a task file.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="shots">How many examples stand before a prompt, in the place of what the file says; the task's name says so.</param>
    /// <exception cref="GateException">Exit 2 with file, line and column; exit 4 when its examples cannot be read.</exception>
    public TaskDefinition Read(string path, int? shots)
    {
        (LocatedValue merged, ImmutableDictionary<string, string> folders) = Merge(path, []);
        KeyedObject file = new(merged, "the task file");
        _ = file.RequireText(TaskKeys.Kind);
        string kind = file.GetChoice(TaskKeys.Kind, [.. TaskForms.All.Select(form => form.Name)])!;
        ITaskForm form = TaskForms.Of(kind);
        ImmutableArray<TaskKey> keys = TaskOptions.KeysOf(form);
        file.RefuseOthers([.. keys.Select(key => key.Name)], $"a task of kind '{kind}'");

        TaskFileScope scope = new(
            file, form, key => new NamedFiles(folders.GetValueOrDefault(key, Path.GetDirectoryName(path)!), IsBuiltIn(folders, key) ? null : Within, DataFolder));
        TaskDefinition task = keys.Aggregate(
            new TaskDefinition
            {
                Name = "",
                Title = "",
                Kind = kind,
                Protocol = "",
                Source = new DataSource([]),
                Prompt = "",
                Metric = "",
                DefinitionHash = "",
                Settings = form.Defaults,
            },
            (sofar, key) => key.Read(scope, sofar));
        form.Check(file, task);
        if (shots is { } count)
            task = WithShots(task, count);
        if (form.IsPrompted && Shots.IsFixed(task))
            task = task with { Settings = task.Settings with { Preamble = Shots.Open(task, ImmutableDictionary<string, string>.Empty).SameForAll! } };
        task = task with { Options = TaskOptions.Of(task) };
        return task with { DefinitionHash = TaskOptions.Hash(task) };
    }

    private static TaskDefinition WithShots(TaskDefinition task, int count) => task.Settings.Shots is { Source: null, Listed.IsEmpty: true } && count > 0
        ? throw GateException.Usage("GATE5005", $"the task '{task.Name}' has no examples to take {count} of", null, $"write '{task.Name}'")
        : task with
        {
            Name = $"{task.Name}_{count}shot",
            Settings = task.Settings with { Shots = task.Settings.Shots with { Count = count } },
        };

    private bool IsBuiltIn(ImmutableDictionary<string, string> folders, string key) =>
        folders.TryGetValue(key, out string? folder) && folder.StartsWith(Suites.SuiteCatalogue.BuiltInFolder, StringComparison.Ordinal);

    // The file over those it includes, and the folder of the file that each key stands in.
    private (LocatedValue Value, ImmutableDictionary<string, string> Folders) Merge(string path, ImmutableArray<string> above)
    {
        LocatedValue own = LocatedJson.Parse(DisplayPath.Of(path), SourceFile.ReadDefinition(path));
        ImmutableDictionary<string, string> folders = own.Properties.ToImmutableDictionary(property => property.Name, _ => Path.GetDirectoryName(path)!, StringComparer.Ordinal);
        if (own.Properties.FirstOrDefault(property => property.Name == TaskKeys.Include)?.Value is not { Text.Length: > 0 } include)
            return (own, folders);
        string other = BuiltIn(include.Text) ?? Path.GetFullPath(include.Text, Path.GetDirectoryName(path)!);
        if (above.Contains(other) || other == path)
            throw GateException.Usage("GATE5038", $"'{include.Text}' includes this file again", include.Location, "files include each other in one direction only");
        if (BuiltIn(include.Text) is null)
            new NamedFiles(Path.GetDirectoryName(path)!, Within, DataFolder).Resolve(TaskKeys.Include, include);
        (LocatedValue included, ImmutableDictionary<string, string> includedFolders) = Merge(other, [.. above, path]);
        return (Over(own, included), includedFolders.SetItems(folders));
    }

    private static LocatedValue Over(LocatedValue own, LocatedValue other)
    {
        ImmutableDictionary<string, LocatedProperty> mine = own.Properties.ToImmutableDictionary(property => property.Name, StringComparer.Ordinal);
        return own with
        {
            Properties =
            [
                .. own.Properties.Select(property => property.Name == "fields" && other.Properties.FirstOrDefault(each => each.Name == "fields") is { } fields
                    ? property with { Value = Over(property.Value, fields.Value) } : property),
                .. other.Properties.Where(property => !mine.ContainsKey(property.Name) && property.Name != TaskKeys.Include),
            ],
        };
    }
}
