using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gate.Diagnostics;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.TaskFiles;

/// <summary>The keys that every task file may have.</summary>
internal static class TaskKeys
{
    /// <summary>Name of the key that names the form.</summary>
    public const string Kind = "kind";

    /// <summary>Name of the key that names a file to extend.</summary>
    public const string Include = "include";

    private const string AnyText = """{ "type": "string" }""";

    private static readonly Dictionary<string, ClusterScope> _clusterScopes = new(StringComparer.Ordinal)
    {
        ["suite"] = ClusterScope.Suite,
        ["task"] = ClusterScope.Task,
    };

    private static readonly TaskKey _name = new("name", AnyText, "Name in configuration and reports: letters, digits, '-', '_' and '.'.")
    {
        Read = (scope, task) => task with { Name = ReadName(scope.File) },
    };

    private static readonly TaskKey _chance = new("chance", """{ "anyOf": [ { "type": "number", "minimum": 0, "maximum": 1 }, { "enum": [ "majority" ] } ] }""",
        "Chance level of every item, or majority: the share of the most frequent right choice, if that is more than the form's own level. Left out: as the form says.")
    {
        Read = (scope, task) => task with { Settings = task.Settings with { Chance = ReadChance(scope.File) } },
        Options = TaskKey.Option("chance", task => task.Settings.Chance switch
        {
            { Name: "form" } => null,
            { Name: "fixed", Level: var level } => level.ToString("R", CultureInfo.InvariantCulture),
            { Name: var name } => name,
        }),
    };

    /// <summary>Read before all others.</summary>
    public static ImmutableArray<TaskKey> First { get; } =
    [
        new("$schema", AnyText, "For editors; decides nothing."),
        new(Include, AnyText, "A built-in task, or another task file, whose keys this file has where it does not set them itself; keys inside 'fields' too."),
        _name,
        new("title", AnyText, "Title for people.") { Read = (scope, task) => task with { Title = scope.File.GetText("title") ?? task.Name } },
        new("notes", AnyText, "Free text for people; decides nothing.") { Read = (scope, task) => task with { Notes = scope.File.GetText("notes") ?? "" } },
        new(Kind, """{ "enum": [KINDS] }""", "How its items are asked."),
        new("protocol", AnyText, "Id and version of what is measured, for example harness/piqa@1.0; numbers are comparable within one.")
        {
            Read = (scope, task) => task with { Protocol = scope.File.RequireText("protocol") },
        },
        SourceKeys.Data,
        SourceKeys.Published,
        SourceKeys.Each,
        new("maxExcluded", """{ "type": "number", "minimum": 0, "maximum": 1 }""", "Largest share of rows that may be left out because they cannot be used; each is named. More: exit 4.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { MaximumExcluded = scope.File.GetShare("maxExcluded", task.Settings.MaximumExcluded) } },
        },
        new("addSpecialTokens", """{ "type": "boolean" }""", "Whether the tokenizer adds its special tokens. Left out: yes for prompts, no for perplexity.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { AddSpecialTokens = scope.File.GetBoolean("addSpecialTokens") } },
            Options = TaskKey.Option("addSpecialTokens", task => task.AddsSpecialTokens ? "true" : "false"),
        },
        new("clusterScope", """{ "enum": [ "suite", "task" ] }""", "Whether a cluster's label means the same cluster in all tasks of the suite, or in this one only.")
        {
            Read = (scope, task) => task with
            {
                Settings = task.Settings with
                {
                    ClusterScope = scope.File.GetChoice("clusterScope", _clusterScopes.Keys) is { } name ? _clusterScopes[name] : task.Settings.ClusterScope,
                },
            },
            Options = TaskKey.Option(
                "clusterScope", task => task.Settings.ClusterScope == TaskForms.Of(task.Kind).Defaults.ClusterScope ? null : task.Settings.ClusterScope.ToString().ToLowerInvariant()),
        },
    ];

    /// <summary>Read when the keys of the form have been.</summary>
    public static ImmutableArray<TaskKey> Last { get; } =
    [
        new("metric", AnyText, "The metric that decides; behind a comma the extraction it is worked out from: exact_match,flexible. Left out: the form's first.")
        {
            Read = (scope, task) => ReadMetric(scope, task),
        },
        new("metrics", """{ "type": "array", "items": { "type": "string" } }""", "Metrics that are reported for every item besides the deciding one. Left out: those of the form.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Metrics = ReadMetrics(scope) } },
            Options = TaskKey.Option("metrics", task => task.Settings.Metrics.IsEmpty ? null : string.Join(", ", task.Settings.Metrics)),
        },
        _chance,
    ];

    private static string ReadName(KeyedObject file)
    {
        string name = file.RequireText("name");
        bool valid = name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && char.IsAsciiLetterOrDigit(name[0]);
        return valid ? name : throw file.Wrong("name", "letters, digits, '-', '_' and '.', beginning with a letter or digit", file.Find("name")!);
    }

    private static TaskDefinition ReadMetric(TaskFileScope scope, TaskDefinition task)
    {
        string[] deciding = [.. scope.Form.Metrics.Where(metric => metric.Measure.CanDecide).Select(metric => metric.Name)];
        string[] named = [.. task.Settings.Extractions.Where(extraction => extraction.Name.Length > 0).SelectMany(extraction => deciding.Select(metric => $"{metric},{extraction.Name}"))];
        string name = scope.File.GetChoice("metric", [.. deciding, .. named]) ?? deciding[0];
        return task with { Metric = name, Measure = scope.Form.Metrics.First(metric => metric.Name == name.Split(',')[0]).Measure };
    }

    private static ImmutableArray<string> ReadMetrics(TaskFileScope scope)
    {
        string[] known = [.. scope.Form.Metrics.Select(metric => metric.Name)];
        ImmutableArray<string> names = scope.File.GetTexts("metrics") ?? [];
        return names.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw GateException.Usage(
                "GATE5004", $"the task file: 'metrics' names '{unknown}'{(NearestName.Find(unknown, known) is { } nearest ? $"; did you mean '{nearest}'?" : "")}",
                scope.File.Find("metrics")!.Location, $"use some of: {string.Join(", ", known)}")
            : names;
    }

    private static ChanceRule ReadChance(KeyedObject file) => file.Find("chance") switch
    {
        null => ChanceRule.OfForm,
        { Kind: JsonValueKind.String, Text: "majority" } => ChanceRule.Majority,
        { Kind: JsonValueKind.Number } => new ChanceRule("fixed", file.GetShare("chance", 0)),
        { } value => throw file.Wrong("chance", "a number from 0 to 1, or \"majority\"", value),
    };
}
