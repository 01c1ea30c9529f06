using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Evaluation.Data;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Normalization;
using Gate.Evaluation.Scoring;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Tasks;

/// <summary>What the two kinds that generate share: a greedy answer up to the first stop, compared with the accepted ones after normalisation.</summary>
internal abstract class AnswerGeneration : ITaskKind
{
    public abstract TaskKind Kind { get; }

    public abstract string Name { get; }

    public ImmutableArray<string> Metrics { get; } = ["exact_match", "f1"];

    public ImmutableArray<string> Keys { get; } = ["normalizer", "stops", "maxNewTokens"];

    public int Revision => 1;

    public bool AsksQuestions => true;

    public IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding) =>
        [new AskedSequence(null, [.. encoding.Prompt(item.Prompt, int.MaxValue).Ids], [])];

    public string ExampleAnswer(DataRecord record, TaskFields fields) => record.RequireTexts(fields.Answers)[0];

    public IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded)
    {
        Normalizer normalizer = Normalizer.Find(task.Settings.Normalizer)!;
        string field = task.Settings.Fields.Answers;
        List<TaskItem> items = [];
        foreach ((DataRecord record, TaskItem item) in ItemReader.Read(task, excluded))
        {
            ImmutableArray<string> answers = record.RequireTexts(field);
            if (answers.All(answer => normalizer.Apply(answer).Length == 0))
                throw record.Wrong(field, $"an answer of which '{normalizer.Id}' leaves something", "none");
            CheckRecord(task, record);
            items.Add(ItemReader.WithHash(item with { Answers = answers }));
        }

        return items;
    }

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
        IReadOnlyList<Generation> generations = model.Generate(
            [.. prompts.Select(prompt => new GenerationRequest(prompt.Ids, settings.MaximumNewTokens, stopIds, settings.Stops))], null, cancellationToken);
        return [.. items.Select((item, index) => Judge(task, item, generations[index], prompts[index].Truncated, encoding.Tokenizer))];
    }

    /// <summary>Checks what only one of the kinds needs of a record.</summary>
    protected virtual void CheckRecord(TaskDefinition task, DataRecord record)
    {
    }

    /// <summary>The answer in a generated text: what stands before the first stop, without white space around it.</summary>
    internal static string AnswerOf(string text, ImmutableArray<string> stops)
    {
        foreach (string stop in stops)
        {
            int end = text.IndexOf(stop, StringComparison.Ordinal);
            if (end >= 0)
                text = text[..end];
        }

        return PythonText.Strip(text);
    }

    private static ItemResult Judge(TaskDefinition task, TaskItem item, Generation generation, bool truncated, Tokenizer tokenizer)
    {
        string answer = AnswerOf(tokenizer.Decode([.. generation.Ids], skipSpecialTokens: true), task.Settings.Stops);
        double logProbability = generation.LogProbabilities.Sum();
        if (generation.Stop == GenerationStop.NotFinite || !double.IsFinite(logProbability))
            return ItemReader.Invalid(item, task.Metric, answer);

        Normalizer normalizer = Normalizer.Find(task.Settings.Normalizer)!;
        List<KeyValuePair<string, double>> values =
        [
            new("exact_match", AnswerMatch.IsRight(normalizer, answer, item.Answers, item.Question) ? 1 : 0),
            new("f1", AnswerMatch.F1(normalizer, answer, item.Answers)),
        ];
        if (truncated)
            values.Add(new("prompt_truncated", 1));
        ImmutableSortedDictionary<string, double> metrics = ItemReader.Values(values);
        return new ItemResult { ItemId = item.Id, Score = metrics[task.Metric], Answer = answer, Margin = logProbability, Metrics = metrics };
    }
}
