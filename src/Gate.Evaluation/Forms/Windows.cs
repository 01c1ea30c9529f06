using System.Collections.Immutable;
using System.Globalization;
using Gate.Diagnostics;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Prompting;
using Gate.Evaluation.Sources;
using Gate.Evaluation.TaskFiles;
using Gate.Evaluation.Tasks;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Forms;

/// <summary>
/// Perplexity of held-out text in windows that do not overlap: the first token of a window, which may be that of beginning, is not scored; a last window counts from 2 tokens on.
/// An item is a window, its score the summed negative log-likelihood, its weight the number of scored tokens.
/// </summary>
internal sealed class Windows : ITaskForm
{
    private static readonly Dictionary<string, TextMode> _textModes = new(StringComparer.Ordinal)
    {
        ["file"] = TextMode.File,
        ["lines"] = TextMode.Lines,
    };

    private static readonly Dictionary<string, BosPlacement> _placements = new(StringComparer.Ordinal)
    {
        ["none"] = BosPlacement.None,
        ["text"] = BosPlacement.Text,
        ["window"] = BosPlacement.Window,
    };

    public string Name => "perplexity";

    public ImmutableArray<Metric> Metrics { get; } = [new Metric("perplexity", Measure.Loss)];

    public ImmutableArray<string> Reported { get; } = [];

    public ImmutableArray<TaskKey> Keys { get; } =
    [
        new("window", """{ "type": "integer", "minimum": 2 }""", "Tokens of a window. Left out: 128.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Window = scope.File.GetInteger("window", task.Settings.Window, 2, 1 << 20) } },
            Options = TaskKey.Option("window", task => task.Settings.Window.ToString(CultureInfo.InvariantCulture)),
        },
        new("text", """{ "enum": [ "file", "lines" ] }""", "Whether the whole file is one text, or every line that is not empty a document of its own.")
        {
            Read = (scope, task) => task with
            {
                Settings = task.Settings with { Text = scope.File.GetChoice("text", _textModes.Keys) is { } mode ? _textModes[mode] : task.Settings.Text },
            },
            Options = TaskKey.Option("text", task => task.Settings.Text.ToString().ToLowerInvariant()),
        },
        new("bos", """{ "enum": [ "none", "text", "window" ] }""", "Where the beginning-of-text token stands: before every window, before the text only, or nowhere. Left out: window where addSpecialTokens is true, else none.")
        {
            Read = (scope, task) => task with
            {
                Settings = task.Settings with { Bos = scope.File.GetChoice("bos", _placements.Keys) is { } placement ? _placements[placement] : task.Settings.Bos },
            },
            Options = TaskKey.Option("bos", task => PlacementOf(task) is not BosPlacement.None and var placement ? placement.ToString().ToLowerInvariant() : null),
        },
    ];

    public TaskSettings Defaults { get; } = new() { ClusterScope = ClusterScope.Task };

    public int Revision => 1;

    public bool IsPrompted => false;

    public bool AsksQuestions => false;

    public bool AddsSpecialTokens => false;

    public IEnumerable<(string Role, string Field)> Roles(TaskFields fields) => [];

    public void Check(KeyedObject file, TaskDefinition task)
    {
    }

    public IReadOnlyList<(string Context, string? Continuation)> Requests(TaskDefinition task, TaskItem item) => [("", item.Prompt)];

    public int AnswerCharacters(TaskDefinition task, TaskItem item) => 0;

    public IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding) => [new AskedSequence(null, item.Tokens, [])];

    public (string Prompt, string Answer) Example(TaskDefinition task, DataRecord record) => throw new NotSupportedException("a perplexity task has no examples");

    public IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded)
    {
        if (tokenizer is null)
        {
            throw GateException.Input(
                "GATE5020", $"the task '{task.Name}' needs the model's tokenizer to cut its text into windows, and its folder has none", null,
                "add tokenizer.json (and tokenizer_config.json) to the model's folder");
        }

        BosPlacement placement = PlacementOf(task);
        int[] opening = placement == BosPlacement.Window ? [BosOf(task, tokenizer)] : [];
        int step = task.Settings.Window - opening.Length;
        List<TaskItem> items = [];
        foreach ((string prefix, string? cluster, string text) in Documents(task))
        {
            int[] ids = tokenizer.Encode(text, placement == BosPlacement.Text);
            if (placement == BosPlacement.Text && BosOf(task, tokenizer) is var bos && (ids.Length == 0 || ids[0] != bos))
                ids = [bos, .. ids];
            for (int start = 0; start + 1 - opening.Length < ids.Length; start += step)
            {
                int[] window = [.. opening, .. ids[start..Math.Min(ids.Length, start + step)]];
                items.Add(ItemReader.WithHash(new TaskItem
                {
                    Id = $"{prefix}window-{start / step:D5}",
                    Cluster = cluster,
                    Prompt = tokenizer.Decode(window, skipSpecialTokens: false),
                    Tokens = [.. window],
                    Asked = string.Join(' ', window),
                    Answers = [],
                    Chance = 0,
                    Hash = "",
                }));
            }
        }

        string shown = DisplayPath.Of(PathOf(task));
        return items.Count > 0 ? items : throw GateException.Input(
            "GATE5011", $"the text '{shown}' has no two tokens in a row to score", new SourceLocation(shown), "give the task more text");
    }

    public IReadOnlyList<ItemResult> Ask(TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model, CancellationToken cancellationToken)
    {
        foreach (TaskItem item in items)
        {
            foreach (int id in item.Tokens)
                PromptEncoding.CheckId(id, model.VocabularySize);
            if (item.Tokens.Length > model.MaximumLength + 1)
            {
                throw GateException.Input(
                    "GATE5024", $"the task '{task.Name}' has windows of {item.Tokens.Length} tokens, the model sees {model.MaximumLength}", null,
                    $"set 'window' in the task file to at most {model.MaximumLength}");
            }
        }

        IReadOnlyList<ContinuationScore> scores = model.ScoreContinuations(
            [.. items.Select(item => new ContinuationRequest(item.Tokens.AsMemory()[..1], item.Tokens.AsMemory()[1..]))], null, cancellationToken);
        return [.. items.Select((item, index) => Judge(item, -scores[index].LogLikelihood))];
    }

    private static BosPlacement PlacementOf(TaskDefinition task) => task.Settings.Bos ?? (task.AddsSpecialTokens ? BosPlacement.Window : BosPlacement.None);

    private static int BosOf(TaskDefinition task, Tokenizer tokenizer) => tokenizer.BeginningOfSequence ?? throw GateException.Input(
        "GATE5022", $"the task '{task.Name}' asks for the beginning-of-text token, and the tokenizer has none", null,
        "write \"bos\": \"none\" in the task file, or name bos_token in tokenizer_config.json");

    private static ItemResult Judge(TaskItem item, double negativeLogLikelihood)
    {
        int scored = item.Tokens.Length - 1;
        bool finite = double.IsFinite(negativeLogLikelihood);
        return new ItemResult
        {
            ItemId = item.Id,
            Score = finite ? negativeLogLikelihood : double.NaN,
            Weight = scored,
            Answer = "",
            Invalid = !finite,
        };
    }

    /// <summary>The text of a task.</summary>
    /// <exception cref="GateException">Exit 4: it is not there, empty, or not UTF-8.</exception>
    public static string TextOf(TaskDefinition task) => SourceFile.DecodeText(PathOf(task), SourceFile.ReadData(PathOf(task)).Span);

    private static string PathOf(TaskDefinition task) => DataRows.Files(task.Source, ImmutableDictionary<string, string>.Empty) is [var file, ..] ? file
        : task.Published.IsEmpty ? task.Source.Forms[0].Path : throw FetchPlan.Missing([.. task.Source.Forms.Select(form => form.Path)], task.Published);

    // A prefix of the ids, the cluster and the text of each document.
    private static IEnumerable<(string Prefix, string? Cluster, string Text)> Documents(TaskDefinition task)
    {
        string text = TextOf(task);
        if (task.Settings.Text == TextMode.File)
            return [("", null, text)];
        return text.Split('\n')
            .Select((line, index) => (Id: $"line-{index + 1:D5}", Text: line.TrimEnd('\r')))
            .Where(document => document.Text.Length > 0)
            .Select(document => (document.Id + "-", (string?)document.Id, document.Text));
    }
}
