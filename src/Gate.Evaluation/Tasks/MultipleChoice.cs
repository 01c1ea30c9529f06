using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Evaluation.Data;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Scoring;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Tasks;

/// <summary>
/// Multiple choice by log-likelihood of delimiter and choice after the prompt. Ties go to the lowest index; a log-likelihood that is not finite
/// makes the item invalid, since NaN would otherwise win every comparison.
/// </summary>
internal sealed class MultipleChoice : ITaskKind
{
    public TaskKind Kind => TaskKind.MultipleChoice;

    public string Name => "multiple-choice";

    public ImmutableArray<string> Metrics { get; } = ["acc", "acc_norm", "acc_bytes"];

    public ImmutableArray<string> Keys { get; } = [];

    public int Revision => 1;

    public bool AsksQuestions => true;

    public IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding) => [.. item.Choices.Select(choice =>
    {
        string continuation = task.Settings.TargetDelimiter + choice;
        return encoding.Pair(item.Prompt, continuation) is { Request: var request }
            ? new AskedSequence(continuation, [.. request.Context.Span], [.. request.Continuation.Span])
            : new AskedSequence(continuation, [.. encoding.Prompt(item.Prompt, int.MaxValue).Ids], []);
    })];

    public string ExampleAnswer(DataRecord record, TaskFields fields)
    {
        (ImmutableArray<string> choices, int answer) = ReadChoices(record, fields);
        return choices[answer];
    }

    public IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded)
    {
        List<TaskItem> items = [];
        foreach ((DataRecord record, TaskItem item) in ItemReader.Read(task, excluded))
        {
            (ImmutableArray<string> choices, int answer) = ReadChoices(record, task.Settings.Fields);
            items.Add(ItemReader.WithHash(item with
            {
                Answers = [choices[answer]],
                Choices = choices,
                AnswerIndex = answer,
                Chance = 1.0 / choices.Length,
            }));
        }

        return items;
    }

    public IReadOnlyList<ItemResult> Ask(TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model, CancellationToken cancellationToken)
    {
        PromptEncoding encoding = PromptEncoding.For(task, model);
        string delimiter = task.Settings.TargetDelimiter;
        (ContinuationRequest Request, bool Truncated)?[][] pairs =
            [.. items.Select(item => item.Choices.Select(choice => encoding.Pair(item.Prompt, delimiter + choice)).ToArray())];
        Queue<ContinuationScore> scores = new(model.ScoreContinuations(
            [.. pairs.SelectMany(pair => pair).Where(pair => pair is not null).Select(pair => pair!.Value.Request)], null, cancellationToken));
        return [.. items.Select((item, index) => Judge(
            task.Metric, item, [.. pairs[index].Select(pair => pair is null ? double.NaN : scores.Dequeue().LogLikelihood)],
            pairs[index].Any(pair => pair is { Truncated: true })))];
    }

    /// <summary>The result of an item from its log-likelihoods, one per choice.</summary>
    internal static ItemResult Judge(string metric, TaskItem item, ImmutableArray<double> logLikelihoods, bool truncated)
    {
        if (!logLikelihoods.All(double.IsFinite))
            return ItemReader.Invalid(item, metric);

        Dictionary<string, ChoiceRanking> rankings = new(StringComparer.Ordinal);
        foreach (string name in (string[])["acc", "acc_norm", "acc_bytes"])
            rankings.Add(name, ChoiceRanking.Of(ChoiceRanking.Scores(name, logLikelihoods, item.Choices), item.AnswerIndex));

        ChoiceRanking deciding = rankings[metric];
        List<KeyValuePair<string, double>> values =
            [.. rankings.Select(ranking => KeyValuePair.Create(ranking.Key, ranking.Value.Chosen == item.AnswerIndex ? 1.0 : 0.0))];
        if (deciding.Ties > 0)
            values.Add(new("ties", deciding.Ties));
        if (truncated)
            values.Add(new("prompt_truncated", 1));
        ImmutableSortedDictionary<string, double> metrics = ItemReader.Values(values);
        return new ItemResult
        {
            ItemId = item.Id,
            Score = metrics[metric],
            Answer = item.Choices[deciding.Chosen],
            Margin = deciding.Margin,
            Metrics = metrics,
        };
    }

    private static (ImmutableArray<string> Choices, int Answer) ReadChoices(DataRecord record, TaskFields fields)
    {
        ImmutableArray<string> choices = record.RequireTexts(fields.Choices);
        if (choices.Length < 2)
            throw record.Wrong(fields.Choices, "at least 2 choices", $"{choices.Length}");
        int empty = choices.IndexOf("");
        if (empty >= 0)
            throw record.Wrong(fields.Choices, "choices that are not empty", $"an empty text at index {empty}");
        int answer = record.RequireInteger(fields.Answer);
        return answer >= 0 && answer < choices.Length ? (choices, answer) : throw GateException.Input(
            "GATE5015", $"line {record.Location.Line}: the field '{fields.Answer}' is {answer}, expected an index from 0 to {choices.Length - 1}",
            record.Location, "indices count from 0");
    }
}
