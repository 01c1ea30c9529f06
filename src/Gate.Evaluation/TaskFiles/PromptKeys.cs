using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gate.Diagnostics;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Prompting;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.TaskFiles;

/// <summary>The keys of forms that ask with a prompt.</summary>
internal static class PromptKeys
{
    private const string AnyText = """{ "type": "string" }""";

    private static readonly ImmutableArray<string> _roles = ["id", "question", "context", "answers", "choices", "answer", "labels", "truth", "cluster", "group"];

    private static readonly ImmutableArray<string> _shotKeys = ["data", "draw", "spare", "seed", "same", "prompt", "target", "targetDelimiter"];

    /// <summary>All of them, in the order in which they are read.</summary>
    public static ImmutableArray<TaskKey> All { get; } =
    [
        new("prompt", AnyText, "What is asked; {field} stands for a field of the row, {choices.text[0]|strip} for a part of one; {{ and }} for braces.")
        {
            Read = (scope, task) => task with { Prompt = ReadTemplate(scope.File, "prompt", required: true)! },
        },
        new("derive", """{ "type": "object", "additionalProperties": { "type": "string" } }""", "Fields made of others: a name and a template each, in order; a later one may use those before it.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Derived = ReadDerived(scope.File) } },
            Options = TaskKey.Option("derive", task => task.Settings.Derived.IsEmpty ? null : string.Join("; ", task.Settings.Derived.Select(field => $"{field.Key}={field.Value}"))),
        },
        new("fields", """{ "type": "object", "additionalProperties": false, "properties": { "id": { "type": "string" }, "question": { "type": "string" }, "context": { "type": "string" }, "answers": { "type": "string" }, "choices": { "anyOf": [ { "type": "string" }, { "type": "array", "items": { "type": "string" } } ] }, "answer": { "anyOf": [ { "type": "string" }, { "type": "integer", "minimum": 0 } ] }, "labels": { "anyOf": [ { "type": "string" }, { "type": "array", "items": { "type": "string" } } ] }, "truth": { "type": "string" }, "cluster": { "type": "string" }, "group": { "type": "string" } } }""",
            "Which field of a row has which role: id (@line and @index name items after their place), question, context, answers, choices (a field with a list, or the choices one by one "
            + "as templates), answer (a place from 0, a label, a letter, true or false, the choice itself, or one place for all rows), labels (what answers are looked up in), truth (of each "
            + "choice whether it is right, 1 or 0), cluster, group.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Fields = ReadFields(scope, task.Settings.Fields) } },
            Options = task => Roles(task).Select(role => new KeyValuePair<string, string>($"fields.{role.Role}", role.Field)),
        },
        new("targetDelimiter", AnyText, "What stands between a prompt and its answer. Left out: a blank.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { TargetDelimiter = scope.File.GetText("targetDelimiter") ?? task.Settings.TargetDelimiter } },
            Options = TaskKey.Option("targetDelimiter", task => task.Settings.TargetDelimiter),
        },
        new("description", AnyText, "What stands before the examples and the prompt; a template, as the prompt is.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Description = ReadTemplate(scope.File, "description", required: false) ?? "" } },
            Options = TaskKey.Option("description", task => Shots.IsFixed(task) ? null : task.Settings.Description),
        },
        new("shots", """{ "anyOf": [ { "type": "string" }, { "type": "array", "items": { "type": "object" } }, { "type": "object" } ] }""",
            "Examples: the path of a file, a list of rows, or an object: data (a source), draw (true: drawn for each item, as the harness draws), spare (1: one more is drawn, so that the item itself can be left out), seed, same (a field in which they equal the "
            + "item), prompt, target and targetDelimiter (templates of their own).")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Shots = ReadShots(scope, task.Settings.Shots) } },
            Options = ShotOptionsOf,
        },
        new("shotCount", """{ "type": "integer", "minimum": 0 }""", "How many examples stand before a prompt. Left out: all.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Shots = task.Settings.Shots with { Count = ReadCount(scope.File, task.Settings.Shots) } } },
        },
        new("shotDelimiter", AnyText, "What stands behind an example. Left out: a blank line.")
        {
            Read = (scope, task) => task with
            {
                Settings = task.Settings with { Shots = task.Settings.Shots with { Delimiter = scope.File.GetText("shotDelimiter") ?? task.Settings.Shots.Delimiter } },
            },
            Options = TaskKey.Option("shotDelimiter", task => Shots.IsFixed(task) ? null : task.Settings.Shots.Delimiter),
        },
        new("maxTruncated", """{ "type": "number", "minimum": 0, "maximum": 1 }""", "Largest share of items whose prompt may be cut on the left to fit the model; more: exit 4. Left out: 0.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { MaximumTruncated = scope.File.GetShare("maxTruncated", task.Settings.MaximumTruncated) } },
        },
    ];

    /// <summary>A template under a key, checked.</summary>
    /// <exception cref="GateException">Exit 2: not a template, or missing where it is required.</exception>
    public static string? ReadTemplate(KeyedObject file, string key, bool required)
    {
        string? text = required ? file.RequireText(key) : file.GetText(key);
        if (text is not null)
            PromptTemplate.Parse(text, file.Find(key)!.Location);
        return text;
    }

    private static ImmutableArray<KeyValuePair<string, string>> ReadDerived(KeyedObject file)
    {
        if (file.Find("derive") is not { } value)
            return [];
        KeyedObject derived = new(value, "'derive'");
        return [.. value.Properties.Select(property => KeyValuePair.Create(property.Name, ReadTemplate(derived, property.Name, required: true)!))];
    }

    private static IEnumerable<(string Role, string Field)> Roles(TaskDefinition task)
    {
        TaskFields fields = task.Settings.Fields;
        return
        [
            ("id", fields.Id), ("question", fields.Question), ("context", fields.Context), ("cluster", fields.Cluster ?? ""), ("group", fields.Group ?? ""),
            .. TaskForms.Of(task.Kind).Roles(fields),
        ];
    }

    private static TaskFields ReadFields(TaskFileScope scope, TaskFields fallback)
    {
        if (scope.File.Find("fields") is not { } value)
            return fallback;
        KeyedObject fields = new(value, "'fields'");
        fields.RefuseOthers(_roles, "'fields'");
        return fallback with
        {
            Id = Name("id") ?? fallback.Id,
            Question = Name("question") ?? fallback.Question,
            Context = Name("context") ?? fallback.Context,
            Answers = Name("answers") ?? fallback.Answers,
            Choices = IsList("choices") ? fallback.Choices : Name("choices") ?? fallback.Choices,
            ChoiceTemplates = IsList("choices") ? Templates("choices") : [],
            Answer = fields.Find("answer")?.Kind == JsonValueKind.Number ? fallback.Answer : Name("answer") ?? fallback.Answer,
            AnswerIndex = fields.Find("answer")?.Kind == JsonValueKind.Number ? fields.GetInteger("answer", 0, 0, 1000) : null,
            Labels = IsList("labels") ? null : Name("labels"),
            LabelTexts = IsList("labels") ? fields.GetTexts("labels")!.Value : [],
            Truth = Name("truth"),
            Cluster = Name("cluster"),
            Group = Name("group"),
        };

        bool IsList(string role) => fields.Find(role)?.Kind == JsonValueKind.Array;

        ImmutableArray<string> Templates(string role)
        {
            ImmutableArray<string> texts = fields.GetTexts(role)!.Value;
            foreach (string text in texts)
                PromptTemplate.Parse(text, fields.Find(role)!.Location);
            return texts;
        }

        string? Name(string role)
        {
            if (fields.Find(role) is not { } found)
                return null;
            string name = fields.RequireText(role);
            return name is TaskFields.LineNumber or TaskFields.RowIndex ? name : FieldExpression.Parse(name, found.Location).Text;
        }
    }

    private static ShotOptions ReadShots(TaskFileScope scope, ShotOptions fallback)
    {
        switch (scope.File.Find("shots"))
        {
            case null:
                return fallback;
            case { Kind: JsonValueKind.Array } list:
                return fallback with
                {
                    Listed = [.. list.Elements.Select((shot, index) => new DataRecord(JsonLines.ParseObject(shot.Source, shot.Location), shot.Location) { Index = index })],
                };
            case { Kind: JsonValueKind.String, Text.Length: > 0 } path:
                return fallback with { Source = SourceKeys.Read("shots", path, scope) };
            case { Kind: JsonValueKind.Object } value:
                KeyedObject shots = new(value, "'shots'");
                shots.RefuseOthers(_shotKeys, "'shots'");
                LocatedValue? data = shots.Find("data");
                bool listed = data is { Kind: JsonValueKind.Array, Elements: [var first, ..] } && first.Properties.All(property => property.Name != "path");
                if (shots.Find("prompt") is { } own && shots.Find("target") is null)
                    throw GateException.Usage("GATE5005", "'shots' has a 'prompt' of its own and no 'target'", own.Location, "say what stands behind it: \"target\": \"{answer}\"");
                return fallback with
                {
                    Listed = listed
                        ? [.. data!.Elements.Select((shot, index) => new DataRecord(JsonLines.ParseObject(shot.Source, shot.Location), shot.Location) { Index = index })]
                        : [],
                    Source = listed || data is null ? null : SourceKeys.Read("shots", data, scope),
                    Drawn = shots.GetBoolean("draw") ?? false,
                    Spare = shots.GetInteger("spare", 0, 0, 1),
                    Seed = (uint)shots.GetInteger("seed", 1234, 0, int.MaxValue),
                    Same = shots.GetText("same"),
                    Prompt = ReadTemplate(shots, "prompt", required: false),
                    Target = ReadTemplate(shots, "target", required: false),
                    TargetDelimiter = shots.GetText("targetDelimiter"),
                };
            case { } other:
                throw scope.File.Wrong("shots", "the path of a JSON Lines file, a list of objects, or an object", other);
        }
    }

    private static int? ReadCount(KeyedObject file, ShotOptions shots)
    {
        if (file.Find("shotCount") is not { } count)
            return shots.Drawn ? throw GateException.Usage("GATE5005", "examples are drawn for each item, and 'shotCount' does not say how many", file.Location, "add \"shotCount\": 5") : null;
        if (shots.Source is null && shots.Listed.IsEmpty)
        {
            throw GateException.Usage(
                "GATE5005", "'shotCount' is given without 'shots'", count.Location, "name the examples with \"shots\": \"file.jsonl\", or list them there");
        }

        int number = file.GetInteger("shotCount", 0, 0, int.MaxValue);
        return shots.Source is not null || number <= shots.Listed.Length ? number : throw file.Wrong(
            "shotCount", $"at most {shots.Listed.Length.ToString(CultureInfo.InvariantCulture)}, the number of examples", count);
    }

    // Examples that are the same for all items stand in the hash with their text.
    private static IEnumerable<KeyValuePair<string, string>> ShotOptionsOf(TaskDefinition task)
    {
        ShotOptions shots = task.Settings.Shots;
        if (Shots.IsFixed(task))
            return [new("shots", Shots.Open(task, ImmutableDictionary<string, string>.Empty).Count.ToString(CultureInfo.InvariantCulture))];
        return new KeyValuePair<string, string?>[]
        {
            new("shots", shots.Count?.ToString(CultureInfo.InvariantCulture) ?? "all"),
            new("shots.draw", shots.Drawn ? string.Create(CultureInfo.InvariantCulture, $"seed {shots.Seed}, spare {shots.Spare}") : null),
            new("shots.same", shots.Same), new("shots.prompt", shots.Prompt), new("shots.target", shots.Target), new("shots.targetDelimiter", shots.TargetDelimiter),
        }.Where(option => option.Value is not null).Select(option => new KeyValuePair<string, string>(option.Key, option.Value!));
    }
}
