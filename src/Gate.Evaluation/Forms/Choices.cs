using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
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
/// Multiple choice by log-likelihood: of delimiter and choice after the prompt, or, where the choices stand in the prompt, of one continuation after each. Ties go to the lowest
/// index; a log-likelihood that is not finite makes the item invalid, since NaN would otherwise win every comparison.
/// </summary>
internal sealed class Choices : ITaskForm
{
    /// <summary>The placeholder of a choice that stands in the prompt.</summary>
    public const string ChoicePlaceholder = "choice";

    public string Name => "multiple-choice";

    public ImmutableArray<Metric> Metrics { get; } = [.. ChoiceMetrics.All];

    public ImmutableArray<string> Reported { get; } = ["acc", "acc_norm", "acc_bytes"];

    public ImmutableArray<TaskKey> Keys { get; } =
    [
        new("continuation", """{ "type": "string" }""", "Template of what follows the prompt where the choices stand in it, as {choice}; the choice after which it is most probable counts.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Continuation = PromptKeys.ReadTemplate(scope.File, "continuation", required: false) } },
            Options = TaskKey.Option("continuation", task => task.Settings.Continuation),
        },
    ];

    public TaskSettings Defaults { get; } = new();

    public int Revision => 1;

    public bool IsPrompted => true;

    public bool AsksQuestions => true;

    public bool AddsSpecialTokens => true;

    public IEnumerable<(string Role, string Field)> Roles(TaskFields fields)
    {
        yield return ("choices", fields.ChoiceTemplates.IsEmpty ? fields.Choices : JsonText.List(fields.ChoiceTemplates));
        yield return ("answer", fields.AnswerIndex?.ToString(CultureInfo.InvariantCulture) ?? fields.Answer);
        if (fields.Labels is not null || fields.LabelTexts.Length > 0)
            yield return ("labels", fields.Labels ?? JsonText.List(fields.LabelTexts));
        if (fields.Truth is not null)
            yield return ("truth", fields.Truth);
    }

    public void Check(KeyedObject file, TaskDefinition task)
    {
        bool inPrompt = PromptTemplate.Parse(task.Prompt, null).Fields.Contains(ChoicePlaceholder);
        if (task.Settings.Continuation is not null && !inPrompt)
        {
            throw GateException.Usage(
                "GATE5005", "'continuation' follows a prompt in which the choice stands, and the prompt has no {choice}", file.Find("prompt")!.Location, "write {choice} where it belongs");
        }
    }

    public (string Prompt, string Answer) Example(TaskDefinition task, DataRecord record)
    {
        (ImmutableArray<string> choices, ImmutableArray<int> right) = Read(task, record);
        return task.Settings.Continuation is { } continuation
            ? (ItemReader.Render(task.Prompt, WithChoice(record, choices[right[0]]), task.Settings.Fields), ItemReader.Render(continuation, record, task.Settings.Fields))
            : (ItemReader.Render(task.Prompt, record, task.Settings.Fields), choices[right[0]]);
    }

    public IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded)
    {
        List<TaskItem> items = ItemReader.Read(task, excluded, (record, item) =>
        {
            (ImmutableArray<string> choices, ImmutableArray<int> right) = Read(task, record);
            TaskItem complete = item with
            {
                Answers = [.. right.Select(index => choices[index])],
                Choices = choices,
                AnswerIndex = right[0],
                RightChoices = task.Settings.Fields.Truth is null ? [] : right,
                Chance = task.Settings.Chance is { Name: "fixed" } fixedLevel ? fixedLevel.Level : (double)right.Length / choices.Length,
            };
            return task.Settings.Continuation is null ? complete : WithContexts(task, record, complete);
        });
        double majority = task.Settings.Chance.Name == "majority" && items.Count > 0
            ? items.CountBy(item => item.AnswerIndex).Max(count => count.Value) / (double)items.Count : 0;
        return [.. items.Select(item => ItemReader.WithHash(item with { Chance = Math.Max(item.Chance, majority) }))];
    }

    public IReadOnlyList<(string Context, string? Continuation)> Requests(TaskDefinition task, TaskItem item) =>
        [.. item.Choices.Select((choice, index) => Pair(task, item, index))];

    public IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding) => [.. Requests(task, item).Select(pair =>
        encoding.Pair(pair.Context, pair.Continuation!) is { Request: var request }
            ? new AskedSequence(pair.Continuation, [.. request.Context.Span], [.. request.Continuation.Span])
            : new AskedSequence(pair.Continuation, [.. encoding.Prompt(pair.Context, int.MaxValue).Ids], []))];

    public IReadOnlyList<ItemResult> Ask(TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model, CancellationToken cancellationToken)
    {
        PromptEncoding encoding = PromptEncoding.For(task, model);
        ContinuationScore?[][] scores = Score([.. items.Select(item => Requests(task, item))], encoding, model, cancellationToken, out bool[] truncated);
        ContinuationScore?[][] alone = NeedsUnconditional(task)
            ? Score([.. items.Select(item => (IReadOnlyList<(string, string?)>)[.. Requests(task, item).Select(pair => ("", pair.Continuation))])], encoding, model, cancellationToken, out _)
            : [];
        return [.. items.Select((item, index) => Judge(
            task, item, scores[index], alone.Length == 0 ? [] : [.. alone[index].Select(score => score?.LogLikelihood ?? double.NaN)], truncated[index]))];
    }

    public int AnswerCharacters(TaskDefinition task, TaskItem item) => item.Choices.Sum(choice => choice.Length);

    /// <summary>The result of an item from its log-likelihoods, one per choice.</summary>
    /// <param name="task">The task.</param>
    /// <param name="item">The item.</param>
    /// <param name="scores">One per choice; null where a choice has no token of its own.</param>
    /// <param name="unconditional">Log-likelihoods of the choices alone, or empty.</param>
    /// <param name="truncated">Whether a prompt was cut.</param>
    internal static ItemResult Judge(
        TaskDefinition task, TaskItem item, IReadOnlyList<ContinuationScore?> scores, ImmutableArray<double> unconditional, bool truncated)
    {
        ImmutableArray<double> logLikelihoods = [.. scores.Select(score => score?.LogLikelihood ?? double.NaN)];
        if (!logLikelihoods.All(double.IsFinite) || !unconditional.All(double.IsFinite))
            return ItemReader.Invalid(item, task.Metric);

        ChoiceOutcome outcome = new(logLikelihoods, item.Choices, item.RightChoices.IsDefaultOrEmpty ? [item.AnswerIndex] : item.RightChoices)
        {
            Unconditional = unconditional,
            Tokens = [.. scores.Select(score => score!.LogProbabilities.Count)],
            Greedy = [.. scores.Select(score => score!.IsGreedy)],
        };
        ChoiceRanking deciding = ChoiceRanking.Of(ChoiceMetrics.Scores(task.Metric, outcome), item.AnswerIndex);
        List<KeyValuePair<string, double>> values =
            [.. ChoiceMetrics.All.Where(metric => IsReported(task, metric.Name)).Select(metric => KeyValuePair.Create(metric.Name, metric.Score(outcome)))];
        if (deciding.Ties > 0)
            values.Add(new("ties", deciding.Ties));
        if (truncated)
            values.Add(new("prompt_truncated", 1));
        ImmutableSortedDictionary<string, double> metrics = ItemReader.Values(values);
        return new ItemResult
        {
            ItemId = item.Id,
            Score = metrics[task.Metric],
            Answer = item.Choices[deciding.Chosen],
            Margin = deciding.Margin,
            Metrics = metrics,
        };
    }

    private static bool IsReported(TaskDefinition task, string metric) =>
        metric == task.Metric || (task.Settings.Metrics.IsEmpty ? TaskForms.Of(task.Kind).Reported : task.Settings.Metrics).Contains(metric);

    private static bool NeedsUnconditional(TaskDefinition task) => IsReported(task, ChoiceMetrics.MutualInformation);

    private static ContinuationScore?[][] Score(
        IReadOnlyList<(string Context, string? Continuation)>[] requests, PromptEncoding encoding, ILanguageModel model, CancellationToken cancellationToken, out bool[] truncated)
    {
        (ContinuationRequest Request, bool Truncated)?[][] pairs = [.. requests.Select(item => item.Select(pair => encoding.Pair(pair.Context, pair.Continuation!)).ToArray())];
        truncated = [.. pairs.Select(item => item.Any(pair => pair is { Truncated: true }))];
        Queue<ContinuationScore> scores = new(model.ScoreContinuations(
            [.. pairs.SelectMany(pair => pair).Where(pair => pair is not null).Select(pair => pair!.Value.Request)], null, cancellationToken));
        return [.. pairs.Select(item => item.Select(pair => pair is null ? null : scores.Dequeue()).ToArray())];
    }

    private static (string Context, string? Continuation) Pair(TaskDefinition task, TaskItem item, int index) => item.Continuation is { } continuation
        ? (item.Contexts[index], task.Settings.TargetDelimiter + continuation)
        : (item.Prompt, task.Settings.TargetDelimiter + item.Choices[index]);

    private static TaskItem WithContexts(TaskDefinition task, DataRecord record, TaskItem item)
    {
        string preamble = item.Prompt[..^ItemReader.Render(task.Prompt, record, task.Settings.Fields).Length];
        string[] contexts = [.. item.Choices.Select(choice => ItemReader.Render(task.Prompt, WithChoice(record, choice), task.Settings.Fields))];

        // The choices of the reference are its contexts, so their lengths are what acc_norm divides by.
        return item with
        {
            Contexts = [.. contexts.Select(context => preamble + context)],
            Continuation = ItemReader.Render(task.Settings.Continuation!, record, task.Settings.Fields),
            Choices = [.. contexts],
            Answers = [.. item.Answers.Select((_, index) => contexts[index == 0 ? item.AnswerIndex : item.RightChoices[index]])],
        };
    }

    private static DataRecord WithChoice(DataRecord record, string choice) => record with { Variables = record.Variables.SetItem(ChoicePlaceholder, choice) };

    private static (ImmutableArray<string> Choices, ImmutableArray<int> Right) Read(TaskDefinition task, DataRecord record)
    {
        TaskFields fields = task.Settings.Fields;
        ImmutableArray<string> choices = fields.ChoiceTemplates.IsEmpty
            ? record.RequireTexts(fields.Choices) : [.. fields.ChoiceTemplates.Select(template => ItemReader.Render(template, record, fields))];
        if (choices.Length < 2)
            throw record.Wrong(fields.Choices, "at least 2 choices", $"{choices.Length}");
        int empty = choices.IndexOf("");
        if (empty >= 0)
            throw record.Wrong(fields.Choices, "choices that are not empty", $"an empty text at index {empty}");
        return (choices, fields.Truth is { } truth ? Truths(record, truth, choices.Length) : [GoldChoice.IndexOf(record, fields, choices)]);
    }

    private static ImmutableArray<int> Truths(DataRecord record, string field, int choices)
    {
        ImmutableArray<string> marks = record.RequireTexts(field);
        if (marks.Length != choices || marks.Any(mark => mark is not ("0" or "1")))
            throw record.Wrong(field, $"{choices} marks, 0 or 1", string.Join(' ', marks));
        ImmutableArray<int> right = [.. Enumerable.Range(0, choices).Where(index => marks[index] == "1")];
        return right.Length > 0 ? right : throw record.Wrong(field, "at least one 1", string.Join(' ', marks));
    }
}

/// <summary>Which choice is right, however the data say it.</summary>
internal static class GoldChoice
{
    /// <summary>The place of the right choice, from 0.</summary>
    /// <exception cref="GateException">Exit 4: the answer is none of the choices.</exception>
    public static int IndexOf(DataRecord record, TaskFields fields, ImmutableArray<string> choices)
    {
        if (fields.AnswerIndex is { } constant)
            return InRange(record, fields, constant, choices.Length);
        FieldValue value = record.Require(fields.Answer);
        ImmutableArray<string> labels = fields.Labels is { } field ? record.RequireTexts(field) : fields.LabelTexts;
        switch (value.Json?.ValueKind)
        {
            case JsonValueKind.True:
                return InRange(record, fields, 1, choices.Length);
            case JsonValueKind.False:
                return 0;
            case JsonValueKind.Number when labels.IsEmpty:
                return value.Json.Value.TryGetInt32(out int number)
                    ? InRange(record, fields, number, choices.Length)
                    : throw record.Wrong(fields.Answer, "a whole number", DataRecord.Describe(value));
        }

        string text = record.RequireText(fields.Answer).Trim(' ');
        if (!labels.IsEmpty)
            return labels.IndexOf(text) is >= 0 and var label && label < choices.Length ? label : throw NoChoice(record, fields, text, labels);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int place) && !choices.Contains(text))
            return InRange(record, fields, place, choices.Length);
        if (choices.IndexOf(text) is >= 0 and var same)
            return same;
        return text is [>= 'A' and <= 'Z' and var letter] && letter - 'A' < choices.Length ? letter - 'A' : throw NoChoice(record, fields, text, choices);
    }

    private static int InRange(DataRecord record, TaskFields fields, int index, int choices) => index >= 0 && index < choices ? index : throw GateException.Input(
        "GATE5015", $"line {record.Location.Line}: the field '{fields.Answer}' is {index}, expected an index from 0 to {choices - 1}",
        record.Location, "indices count from 0");

    private static GateException NoChoice(DataRecord record, TaskFields fields, string found, ImmutableArray<string> among) =>
        record.Wrong(fields.Answer, $"a place from 0, a letter, or one of {JsonText.List(among.Take(8))}", $"'{found}'");
}
