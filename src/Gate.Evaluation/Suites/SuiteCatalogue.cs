using System.Collections.Immutable;
using System.Text.Json;
using Gate.Diagnostics;
using Gate.Evaluation.Sources;
using Gate.Evaluation.TaskFiles;

namespace Gate.Evaluation.Suites;

/// <summary>The built-in suites, which are data beside the program, and suites read from files.</summary>
public static class SuiteCatalogue
{
    /// <summary>The folder of the built-in suites; each is a folder with a <c>suite.json</c>.</summary>
    public static string BuiltInFolder { get; } = InstalledData.Folder("suites");

    /// <summary>The suite that is used when none is named.</summary>
    public const string DefaultName = "facts";

    /// <summary>Names of the built-in suites.</summary>
    public static IReadOnlyList<string> BuiltInNames =>
        [.. Directory.EnumerateDirectories(BuiltInFolder).Where(folder => File.Exists(Path.Combine(folder, "suite.json"))).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    /// <summary>A built-in suite by name, or a suite file by path.</summary>
    /// <param name="nameOrPath">For example <c>facts</c>, or the path of a <c>*.json</c> suite file.</param>
    /// <param name="baseFolder">Folder that relative paths start from.</param>
    /// <exception cref="GateException">Exit 2: no such suite, or a file that is not as expected.</exception>
    public static SuiteDefinition Load(string nameOrPath, string baseFolder)
    {
        string builtIn = Path.Combine(BuiltInFolder, nameOrPath, "suite.json");
        if (nameOrPath.Length > 0 && nameOrPath.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && File.Exists(builtIn))
            return Read(builtIn);
        string path = Path.GetFullPath(nameOrPath, Path.GetFullPath(baseFolder));
        if (nameOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return Read(path);
        throw GateException.Usage(
            "GATE5007", $"there is no suite '{nameOrPath}'", null, $"built-in suites: {string.Join(", ", BuiltInNames)}; or give the path of a suite file (*.json)");
    }

    private static SuiteDefinition Read(string path)
    {
        KeyedObject file = new(LocatedJson.Parse(DisplayPath.Of(path), SourceFile.ReadDefinition(path)), "the suite file");
        file.RefuseOthers(["$schema", "name", "title", "tasks"], "a suite file");
        string name = file.RequireText("name");
        LocatedValue? list = file.Find("tasks");
        if (list is not { Kind: JsonValueKind.Array, Elements.Length: > 0 })
        {
            throw list is null
                ? GateException.Usage("GATE5005", "the suite file: the key 'tasks' is missing", file.Location, "list at least one task")
                : file.Wrong("tasks", "a list of at least one task", list);
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        ImmutableArray<SuiteTask>.Builder tasks = ImmutableArray.CreateBuilder<SuiteTask>();
        foreach (LocatedValue value in list.Elements)
        {
            KeyedObject? entry = value.Kind == JsonValueKind.String ? null : new KeyedObject(value, "a task of the suite");
            entry?.RefuseOthers(["task", "weight"], "a task of the suite");
            string task = entry?.RequireText("task") ?? value.Text;
            if (task.Length == 0)
                throw file.Wrong("tasks", "names or paths that are not empty", value);
            if (!seen.Add(task))
                throw GateException.Usage("GATE5004", $"the suite names the task '{task}' twice", value.Location, "keep one of the two");
            tasks.Add(new SuiteTask(task, entry?.GetWeight("weight", 1) ?? 1));
        }

        return new SuiteDefinition(name, file.GetText("title") ?? name, tasks.ToImmutable());
    }
}
