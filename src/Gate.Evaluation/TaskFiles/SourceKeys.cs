using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gate.Diagnostics;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.TaskFiles;

/// <summary>The keys that say where rows come from.</summary>
internal static class SourceKeys
{
    private static readonly ImmutableArray<string> _fileKeys = ["path", "format", "at", "columns", "pattern", "where", "join"];

    private const string FileType = """
        { "type": "object", "required": [ "path" ], "additionalProperties": false, "properties": { "path": { "type": "string" }, "format": { "enum": [FORMATS] },
        "at": { "type": "string" }, "columns": { "type": "array", "items": { "type": "string" } }, "pattern": { "type": "string" },
        "where": { "type": "object", "additionalProperties": { "anyOf": [ { "type": "string" }, { "type": "array", "items": { "type": "string" } } ] } },
        "join": { "type": "object", "required": [ "path", "as" ], "additionalProperties": false, "properties": { "path": { "type": "string" }, "as": { "type": "string" } } } } }
        """;

    private const string SourceType = $$"""{ "anyOf": [ { "type": "string" }, {{FileType}}, { "type": "array", "items": {{FileType}} } ] }""";

    /// <summary>The task's own rows.</summary>
    public static TaskKey Data { get; } = new("data", SourceType,
        "The rows: a path relative to this file (or, after @data/, to the folder of data sets), an object that also says format, place (at), columns, pattern, which rows (where) "
        + "and a side file (join), or a list of such objects, the forms in which a data set is published, of which the first that is there is read.")
    {
        Read = (scope, task) => task with
        {
            Source = scope.File.Find("data") is { } value
                ? Read("data", value, scope)
                : throw GateException.Usage("GATE5005", "the task file: the key 'data' is missing", scope.File.Location, "add \"data\"; docs/tasks.md says what it means"),
        },
        Options = task => Options("data", task.Source),
    };

    /// <summary>Where missing data are published.</summary>
    public static TaskKey Published { get; } = new("published",
        """{ "type": "array", "items": { "type": "object", "required": [ "file", "from", "licence" ], "additionalProperties": false, "properties": { "file": { "type": "string" }, "from": { "type": "string" }, "licence": { "type": "string" }, "bytes": { "type": "integer" }, "sha256": { "type": "string" } } } }""",
        "Where data that do not come with the task are published: file (below the folder of data sets), from, licence, bytes, sha256. gate tasks fetch-plan prints it.")
    {
        Read = (scope, task) => task with { Published = ReadPublished(scope.File) },
    };

    /// <summary>What a task is repeated over.</summary>
    public static TaskKey Each { get; } = new("each", """{ "type": "object" }""",
        "What the task is repeated over: { \"subject\": [ \"anatomy\", … ] }, { \"values\": [ { \"relation\": …, \"template\": … } ] }, or { \"from\": SOURCE, \"fields\": { \"relation\": \"relation\" } } with a row for every repetition. "
        + "The variables stand in paths, in the prompt and in 'fields'; NAME/VALUE asks one repetition.")
    {
        Read = (scope, task) => task with { Settings = task.Settings with { Each = ReadEach(scope) } },
        Options = TaskKey.Option("each", task => task.Settings.Each is not { } each ? null
            : each.From is null ? string.Join("; ", each.Values.Select(set => string.Join(", ", set.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))))
            : string.Join(", ", each.Fields.Select(field => $"{field.Key}={field.Value}")) + $" from {each.From.Forms[0].Shown}"),
    };

    /// <summary>A source under a key.</summary>
    /// <exception cref="GateException">Exit 2: not a source.</exception>
    public static DataSource Read(string key, LocatedValue value, TaskFileScope scope) => value.Kind switch
    {
        JsonValueKind.String when value.Text.Length > 0 => new DataSource([new DataFile { Path = scope.FilesOf(key).Resolve(key, value), Shown = value.Text }]),
        JsonValueKind.Object => new DataSource([ReadFile(key, value, scope)]),
        JsonValueKind.Array when value.Elements.Length > 0 => new DataSource([.. value.Elements.Select(each => ReadFile(key, each, scope))]),
        _ => throw scope.File.Wrong(key, "a path that is not empty, or an object with a 'path', or a list of such objects", value),
    };

    /// <summary>What of a source decides a score besides its rows: nothing of a plain path.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Options(string key, DataSource? source)
    {
        foreach (DataFile form in source?.Forms ?? [])
        {
            string[] parts =
            [
                .. form.Format.Length > 0 ? [$"format {form.Format}"] : Array.Empty<string>(), .. form.At.Length > 0 ? [$"at {form.At}"] : Array.Empty<string>(),
                .. form.Pattern.Length > 0 ? [$"pattern {form.Pattern}"] : Array.Empty<string>(), .. form.Columns.Length > 0 ? [$"columns {JsonText.List(form.Columns)}"] : Array.Empty<string>(),
                .. form.Where.Select(condition => $"where {condition.Key} {JsonText.List(condition.Value)}"), .. form.Join is { } join ? [$"join {join.Field}"] : Array.Empty<string>(),
            ];
            if (parts.Length > 0)
            {
                string place = source!.Forms.Length == 1 ? key : string.Create(CultureInfo.InvariantCulture, $"{key}.{source.Forms.IndexOf(form)}");
                yield return new(place, string.Join("; ", parts));
            }
        }
    }

    private static DataFile ReadFile(string key, LocatedValue value, TaskFileScope scope)
    {
        KeyedObject file = new(value, $"'{key}'");
        file.RefuseOthers(_fileKeys, $"'{key}'");
        string path = file.RequireText("path");
        if (file.GetText("pattern") is { } pattern)
            TaskPatterns.Check(file, "pattern", pattern);
        return new DataFile
        {
            Path = scope.FilesOf(key).Resolve(key, file.Find("path")!),
            Shown = path,
            Format = file.GetChoice("format", DataFormats.Names) ?? "",
            At = file.GetText("at") ?? "",
            Columns = file.GetTexts("columns") ?? [],
            Pattern = file.GetText("pattern") ?? "",
            Where = ReadWhere(file),
            Join = ReadJoin(key, file, scope),
        };
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> ReadWhere(KeyedObject file)
    {
        if (file.Find("where") is not { } value)
            return ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;
        KeyedObject where = new(value, "'where'");
        return value.Properties.ToImmutableSortedDictionary(
            property => FieldExpression.Parse(property.Name, property.Location).Text,
            property => property.Value.Kind == JsonValueKind.Array ? where.GetTexts(property.Name)!.Value : [where.RequireText(property.Name)], StringComparer.Ordinal);
    }

    private static SideFile? ReadJoin(string key, KeyedObject file, TaskFileScope scope)
    {
        if (file.Find("join") is not { } value)
            return null;
        KeyedObject join = new(value, "'join'");
        join.RefuseOthers(["path", "as"], "'join'");
        _ = join.RequireText("path");
        return new SideFile(scope.FilesOf(key).Resolve(key, join.Find("path")!), join.RequireText("as"));
    }

    private static TaskEach? ReadEach(TaskFileScope scope)
    {
        if (scope.File.Find("each") is not { } value)
            return null;
        KeyedObject each = new(value, "'each'");
        if (each.Find("from") is { } from)
        {
            each.RefuseOthers(["from", "fields"], "'each'");
            LocatedValue fields = each.Find("fields") ?? throw GateException.Usage(
                "GATE5005", "'each': the key 'fields' is missing", each.Location, "name the variables: \"fields\": { \"relation\": \"relation\" }");
            KeyedObject named = new(fields, "'each.fields'");
            if (fields.Properties.IsEmpty)
                throw scope.File.Wrong("each.fields", "at least one variable", fields);
            return new TaskEach(
                [], Read("each", from, scope),
                fields.Properties.ToImmutableSortedDictionary(property => property.Name, property => named.RequireText(property.Name), StringComparer.Ordinal), fields.Properties[0].Name);
        }

        if (each.Find("values") is { Kind: JsonValueKind.Array } sets && sets.Elements is [{ Kind: JsonValueKind.Object, Properties: [var first, ..] }, ..])
        {
            each.RefuseOthers(["values"], "'each'");
            return new TaskEach([.. sets.Elements.Select(set => VariablesOf(set))], null, ImmutableSortedDictionary<string, string>.Empty, first.Name);
        }

        if (value.Properties.Length != 1)
            throw scope.File.Wrong("each", "one variable with its values, or 'from' and 'fields'", value);
        LocatedProperty variable = value.Properties[0];
        ImmutableArray<string> values = each.GetTexts(variable.Name)!.Value;
        return values.Length > 0 && values.Distinct(StringComparer.Ordinal).Count() == values.Length
            ? new TaskEach(
                [.. values.Select(text => ImmutableDictionary<string, string>.Empty.Add(variable.Name, text))], null, ImmutableSortedDictionary<string, string>.Empty, variable.Name)
            : throw scope.File.Wrong("each", "at least one value, none twice", variable.Value);
    }

    private static ImmutableDictionary<string, string> VariablesOf(LocatedValue set)
    {
        KeyedObject variables = new(set, "a set of 'each.values'");
        return set.Properties.ToImmutableDictionary(property => property.Name, property => variables.RequireText(property.Name), StringComparer.Ordinal);
    }

    private static ImmutableArray<PublishedFile> ReadPublished(KeyedObject file)
    {
        if (file.Find("published") is not { } list)
            return [];
        if (list.Kind != JsonValueKind.Array)
            throw file.Wrong("published", "a list of files", list);
        return [.. list.Elements.Select(value =>
        {
            KeyedObject entry = new(value, "a published file");
            entry.RefuseOthers(["file", "from", "licence", "bytes", "sha256"], "a published file");
            int bytes = entry.GetInteger("bytes", -1, 0, int.MaxValue);
            return new PublishedFile(entry.RequireText("file"), entry.RequireText("from"), entry.RequireText("licence"), bytes < 0 ? null : bytes, entry.GetText("sha256"));
        })];
    }
}
