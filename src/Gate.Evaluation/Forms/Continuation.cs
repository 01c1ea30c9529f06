using System.Collections.Immutable;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Prompting;
using Gate.Evaluation.Sources;
using Gate.Evaluation.TaskFiles;
using Gate.Evaluation.Tasks;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Forms;

/// <summary>One text after a prompt (LAMBADA): whether it is what the model itself would say, token by token, and how probable it is. Chance is 0.</summary>
internal sealed class Continuation : ITaskForm
{
    public string Name => "continuation";

    public ImmutableArray<Metric> Metrics { get; } = [new Metric("acc", Measure.Share), new Metric("perplexity", Measure.Loss)];

    public ImmutableArray<string> Reported { get; } = ["acc"];

    public ImmutableArray<TaskKey> Keys { get; } = [];

    public TaskSettings Defaults { get; } = new() { Fields = new TaskFields { Answers = "answer" } };

    public int Revision => 1;

    public bool IsPrompted => true;

    public bool AsksQuestions => false;

    public bool AddsSpecialTokens => true;

    public IEnumerable<(string Role, string Field)> Roles(TaskFields fields) => [("answers", fields.Answers)];

    public void Check(KeyedObject file, TaskDefinition task)
    {
    }

    public (string Prompt, string Answer) Example(TaskDefinition task, DataRecord record) =>
        (ItemReader.Render(task.Prompt, record, task.Settings.Fields), record.RequireText(task.Settings.Fields.Answers));

    public IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded) => ItemReader.Read(task, excluded, (record, item) =>
    {
        string text = record.RequireText(task.Settings.Fields.Answers);
        if (text.Length == 0)
            throw record.Wrong(task.Settings.Fields.Answers, "a text that is not empty", "an empty text");
        return ItemReader.WithHash(item with { Answers = [text], Continuation = task.Settings.TargetDelimiter + text });
    });

    public IReadOnlyList<(string Context, string? Continuation)> Requests(TaskDefinition task, TaskItem item) => [(item.Prompt, item.Continuation)];

    public IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding) => encoding.Pair(item.Prompt, item.Continuation!) is { Request: var request }
        ? [new AskedSequence(item.Continuation, [.. request.Context.Span], [.. request.Continuation.Span])]
        : [new AskedSequence(item.Continuation, [.. encoding.Prompt(item.Prompt, int.MaxValue).Ids], [])];

    public IReadOnlyList<ItemResult> Ask(TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model, CancellationToken cancellationToken)
    {
        PromptEncoding encoding = PromptEncoding.For(task, model);
        (ContinuationRequest Request, bool Truncated)?[] pairs = [.. items.Select(item => encoding.Pair(item.Prompt, item.Continuation!))];
        Queue<ContinuationScore> scores = new(model.ScoreContinuations(
            [.. pairs.Where(pair => pair is not null).Select(pair => pair!.Value.Request)], null, cancellationToken));
        return [.. items.Select((item, index) => Judge(task, item, pairs[index] is null ? null : scores.Dequeue(), pairs[index] is { Truncated: true }))];
    }

    public int AnswerCharacters(TaskDefinition task, TaskItem item) => item.Continuation!.Length;

    private static ItemResult Judge(TaskDefinition task, TaskItem item, ContinuationScore? score, bool truncated)
    {
        if (score is null || !double.IsFinite(score.LogLikelihood))
            return ItemReader.Invalid(item, task.Metric) with { Score = task.Measure.IsLoss ? double.NaN : 0 };
        List<KeyValuePair<string, double>> values = [new("acc", score.IsGreedy ? 1 : 0)];
        if (truncated)
            values.Add(new("prompt_truncated", 1));
        return new ItemResult
        {
            ItemId = item.Id,
            Score = task.Measure.IsLoss ? -score.LogLikelihood : score.IsGreedy ? 1 : 0,
            Answer = score.IsGreedy ? item.Answers[0] : "",
            Margin = score.LogLikelihood,
            Metrics = ItemReader.Values(values),
        };
    }
}
