using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gate.Diagnostics;
using Gate.Evaluation.Extraction;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Normalization;
using Gate.Evaluation.Prompting;
using Gate.Evaluation.Sources;
using Gate.Evaluation.TaskFiles;
using Gate.Evaluation.Tasks;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Forms;

/// <summary>
/// A greedy answer up to the first stop, read by one or several extractions and compared with the accepted ones. Chance is 0, since the answer is generated freely; a model
/// that copies some name of its context at random does better than that.
/// </summary>
/// <param name="name">Its name in task files: closed-book and in-context question answering are the same but for the context that the latter must have.</param>
/// <param name="needsContext">Whether every row must have evidence.</param>
internal sealed class Generation(string name, bool needsContext = false) : ITaskForm
{
    public string Name => name;

    public ImmutableArray<Metric> Metrics { get; } = [.. AnswerMetrics.All];

    public ImmutableArray<string> Reported { get; } = ["exact_match", "f1"];

    public ImmutableArray<TaskKey> Keys { get; } =
    [
        new("normalizer", """{ "enum": [NORMALIZERS] }""", "What both sides must survive before they are compared.")
        {
            Read = (scope, task) => task with
            {
                Settings = task.Settings with
                {
                    Normalizer = Normalizer.Find(scope.File.GetChoice("normalizer", [.. Normalizer.All.Select(normalizer => normalizer.Id)]) ?? task.Settings.Normalizer.Id)!,
                },
            },
            Options = TaskKey.Option("normalizer", task => task.Settings.Normalizer.Id),
        },
        new("match", """{ "type": "object", "additionalProperties": false, "properties": { "ignore": { "type": "array", "items": { "type": "string" } }, "ignoreCase": { "type": "boolean" }, "ignorePunctuation": { "type": "boolean" }, "ignoreNumbers": { "type": "boolean" } } }""",
            "In the place of 'normalizer', the harness's exact match: regular expressions deleted from both sides, then case, punctuation, digits ignored.")
        {
            Read = (scope, task) => ReadMatch(scope.File) is { } options ? task with { Settings = task.Settings with { Normalizer = Normalizer.Of(options) } } : task,
            Options = TaskKey.Option("match", task => task.Settings.Normalizer.Match is { } match
                ? $"ignore {JsonText.List(match.Ignore)}, case {match.IgnoreCase}, punctuation {match.IgnorePunctuation}, numbers {match.IgnoreNumbers}" : null),
        },
        new("stops", """{ "type": "array", "items": { "type": "string", "minLength": 1 } }""", "Texts that end an answer and are not part of it. Left out: a line feed.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Stops = scope.File.GetTexts("stops") ?? task.Settings.Stops } },
            Options = TaskKey.Option("stops", task =>
                string.Join(", ", task.Settings.Stops.Select(stop => $"\"{stop.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\""))),
        },
        new("maxNewTokens", """{ "type": "integer", "minimum": 1, "maximum": 4096 }""", "Most tokens of an answer. Left out: 8.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { MaximumNewTokens = scope.File.GetInteger("maxNewTokens", task.Settings.MaximumNewTokens, 1, 4096) } },
            Options = TaskKey.Option("maxNewTokens", task => task.Settings.MaximumNewTokens.ToString(CultureInfo.InvariantCulture)),
        },
        new("extract", """{ "type": "object", "additionalProperties": { "type": "array" } }""",
            "Ways of reading an answer, each a list of steps under a name: { \"strict\": [ { \"regex\": \"#### (-?[0-9.,]+)\" } ], \"flexible\": [ { \"regex\": \"…\", \"match\": -1 }, \"strip\" ] }. "
            + "The first decides unless 'metric' names another behind a comma. Left out: the text without white space at its ends.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Extractions = ReadExtractions(scope.File) ?? task.Settings.Extractions } },
            Options = TaskKey.Option("extract", task => task.Settings.Extractions is [{ Name: "" }] ? null
                : string.Join("; ", task.Settings.Extractions.Select(extraction => $"{extraction.Name}: {JsonText.List(extraction.Steps.Select(step => step.Text))}"))),
        },
    ];

    public TaskSettings Defaults { get; } = new();

    public int Revision => 1;

    public bool IsPrompted => true;

    public bool AsksQuestions => true;

    public bool AddsSpecialTokens => true;

    public IEnumerable<(string Role, string Field)> Roles(TaskFields fields) => [("answers", fields.Answers)];

    public void Check(KeyedObject file, TaskDefinition task)
    {
        if (file.Find("match") is { } match && file.Find("normalizer") is not null)
            throw GateException.Usage("GATE5004", "'match' and 'normalizer' say the same thing twice", match.Location, "keep one of the two");
    }

    public (string Prompt, string Answer) Example(TaskDefinition task, DataRecord record) =>
        (ItemReader.Render(task.Prompt, record, task.Settings.Fields), record.RequireTexts(task.Settings.Fields.Answers)[0]);

    public IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded)
    {
        Normalizer normalizer = task.Settings.Normalizer;
        string field = task.Settings.Fields.Answers, context = task.Settings.Fields.Context;
        return ItemReader.Read(task, excluded, (record, item) =>
        {
            ImmutableArray<string> answers = record.RequireTexts(field);
            if (answers.All(answer => normalizer.Apply(answer).Length == 0))
                throw record.Wrong(field, $"an answer of which '{normalizer.Id}' leaves something", "none");
            if (needsContext && record.RequireText(context).Length == 0)
                throw record.Wrong(context, "evidence that is not empty", "an empty text");
            return ItemReader.WithHash(item with { Answers = answers, Chance = task.Settings.Chance.Level });
        });
    }

    public IReadOnlyList<(string Context, string? Continuation)> Requests(TaskDefinition task, TaskItem item) => [(item.Prompt, null)];

    public IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding) =>
        [new AskedSequence(null, [.. encoding.Prompt(item.Prompt, int.MaxValue).Ids], [])];

    public IReadOnlyList<ItemResult> Ask(TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model, CancellationToken cancellationToken)
    {
        PromptEncoding encoding = PromptEncoding.For(task, model);
        TaskSettings settings = task.Settings;
        int room = model.MaximumLength - settings.MaximumNewTokens;
        if (room < 1)
        {
            throw GateException.Input(
                "GATE5023", $"the task '{task.Name}' asks for {settings.MaximumNewTokens} new tokens, the model sees {model.MaximumLength} in all", null,
                "lower 'maxNewTokens' in the task file");
        }

        int[] stopIds = [.. model.EndOfTextIds, .. new[] { encoding.Tokenizer.EndOfSequence }.OfType<int>().Except(model.EndOfTextIds)];
        (int[] Ids, bool Truncated)[] prompts = [.. items.Select(item => encoding.Prompt(item.Prompt, room))];
        IReadOnlyList<Gate.Models.Questions.Generation> generations = model.Generate(
            [.. prompts.Select(prompt => new GenerationRequest(prompt.Ids, settings.MaximumNewTokens, stopIds, settings.Stops))], null, cancellationToken);
        return [.. items.Select((item, index) => Judge(task, item, generations[index], prompts[index].Truncated, encoding.Tokenizer))];
    }

    public int AnswerCharacters(TaskDefinition task, TaskItem item) => 32;

    /// <summary>What stands before the first stop.</summary>
    internal static string BeforeStops(string text, ImmutableArray<string> stops)
    {
        foreach (string stop in stops)
        {
            int end = text.IndexOf(stop, StringComparison.Ordinal);
            if (end >= 0)
                text = text[..end];
        }

        return text;
    }

    /// <summary>The metrics of a generated text, by name; those of another extraction than the first carry its name behind a comma.</summary>
    /// <param name="task">The task.</param>
    /// <param name="item">The item.</param>
    /// <param name="text">What was generated, stops and what follows them cut off.</param>
    internal static IEnumerable<KeyValuePair<string, double>> Measures(TaskDefinition task, TaskItem item, string text)
    {
        ImmutableArray<string> reported = task.Settings.Metrics.IsEmpty ? TaskForms.Of(task.Kind).Reported : task.Settings.Metrics;
        foreach (AnswerExtraction extraction in task.Settings.Extractions)
        {
            AnswerOutcome outcome = new(extraction.Apply(text, item.Question ?? ""), item.Answers, item.Question, task.Settings.Normalizer);
            foreach (Metric<AnswerOutcome> metric in AnswerMetrics.All.Where(metric => reported.Contains(metric.Name) || metric.Name == task.Metric.Split(',')[0]))
                yield return new(NameOf(task, metric.Name, extraction), metric.Score(outcome));
        }
    }

    private static string NameOf(TaskDefinition task, string metric, AnswerExtraction extraction) =>
        extraction == task.Settings.Extractions[0] ? metric : $"{metric},{extraction.Name}";

    private static ItemResult Judge(TaskDefinition task, TaskItem item, Gate.Models.Questions.Generation generation, bool truncated, Tokenizer tokenizer)
    {
        string text = BeforeStops(tokenizer.Decode([.. generation.Ids], skipSpecialTokens: true), task.Settings.Stops);
        AnswerExtraction deciding = task.Settings.Extractions.FirstOrDefault(extraction => task.Metric.EndsWith("," + extraction.Name, StringComparison.Ordinal))
            ?? task.Settings.Extractions[0];
        string answer = deciding.Apply(text, item.Question ?? "");
        double logProbability = generation.LogProbabilities.Sum();
        if (generation.Stop == GenerationStop.NotFinite || !double.IsFinite(logProbability))
            return ItemReader.Invalid(item, task.Metric, answer);
        List<KeyValuePair<string, double>> values = [.. Measures(task, item, text)];
        if (truncated)
            values.Add(new("prompt_truncated", 1));
        ImmutableSortedDictionary<string, double> metrics = ItemReader.Values(values);
        return new ItemResult
        {
            ItemId = item.Id,
            Score = metrics[NameOf(task, task.Metric.Split(',')[0], deciding)],
            Answer = answer,
            Margin = logProbability,
            Metrics = metrics,
        };
    }

    private static MatchOptions? ReadMatch(KeyedObject file)
    {
        if (file.Find("match") is not { } value)
            return null;
        KeyedObject match = new(value, "'match'");
        match.RefuseOthers(["ignore", "ignoreCase", "ignorePunctuation", "ignoreNumbers"], "'match'");
        ImmutableArray<string> ignore = match.GetTexts("ignore") ?? [];
        foreach (string pattern in ignore)
            TaskPatterns.Check(match, "ignore", pattern);
        return new MatchOptions
        {
            Ignore = ignore,
            IgnoreCase = match.GetBoolean("ignoreCase") ?? false,
            IgnorePunctuation = match.GetBoolean("ignorePunctuation") ?? false,
            IgnoreNumbers = match.GetBoolean("ignoreNumbers") ?? false,
        };
    }

    private static ImmutableArray<AnswerExtraction>? ReadExtractions(KeyedObject file)
    {
        if (file.Find("extract") is not { } value)
            return null;
        _ = new KeyedObject(value, "'extract'");
        return value.Properties.Length == 0 ? throw file.Wrong("extract", "at least one named list of steps", value)
            : [.. value.Properties.Select(property => property.Value.Kind == JsonValueKind.Array && property.Name.Length > 0 && !property.Name.Contains(',', StringComparison.Ordinal)
                ? new AnswerExtraction(property.Name, [.. property.Value.Elements.Select(step => ReadStep(file, step))])
                : throw file.Wrong("extract", "lists of steps under names without comma", property.Value))];
    }

    private static ExtractionStep ReadStep(KeyedObject file, LocatedValue value)
    {
        if (value.Kind == JsonValueKind.Object)
        {
            KeyedObject step = new(value, "a step of 'extract'");
            step.RefuseOthers(["regex", "match"], "a step of 'extract'");
            string pattern = step.RequireText("regex");
            TaskPatterns.Check(step, "regex", pattern);
            return ExtractionStep.Matching(pattern, step.GetInteger("match", 0, -100, 100));
        }

        return ExtractionStep.Named(value.Text) ?? throw file.Wrong(
            "extract", $"steps: {{ \"regex\": … }} or one of {string.Join(", ", ExtractionStep.Descriptions.Select(step => step.Name))}", value);
    }
}
