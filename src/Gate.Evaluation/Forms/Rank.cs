using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Prompting;
using Gate.Evaluation.Sources;
using Gate.Evaluation.TaskFiles;
using Gate.Evaluation.Tasks;
using Gate.Models.Blueprints;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Forms;

/// <summary>
/// Cloze (LAMA): the rank of the label's one token, in the whole vocabulary and among the candidate labels; ties go to the lower token id. A causal model is
/// asked for the token after the prompt, a masked one for the mask in it, an encoder–decoder of T5's kind for what stands behind its first sentinel.
/// </summary>
internal sealed class Rank : ITaskForm
{
    private const string CandidatePrefix = "candidate_";

    private static readonly Dictionary<string, CandidateSource> _candidateSources = new(StringComparer.Ordinal)
    {
        ["cluster"] = CandidateSource.Cluster,
        ["file"] = CandidateSource.File,
        ["none"] = CandidateSource.None,
    };

    public string Name => "cloze";

    public ImmutableArray<Metric> Metrics { get; } = [.. ((string[])
    [
        "p_at_1", "p_at_5", "p_at_10", "mrr", CandidatePrefix + "p_at_1", CandidatePrefix + "p_at_5", CandidatePrefix + "p_at_10", CandidatePrefix + "mrr",
    ]).Select(name => new Metric(name, Measure.Share))];

    public ImmutableArray<string> Reported { get; } =
        ["p_at_1", "p_at_5", "mrr", CandidatePrefix + "p_at_1", CandidatePrefix + "p_at_5", CandidatePrefix + "mrr"];

    public ImmutableArray<TaskKey> Keys { get; } =
    [
        new("candidates", """{ "enum": [ "cluster", "file", "none" ] }""",
            "Which labels are ranked besides the whole vocabulary: those of the item's cluster (for LAMA: of its relation), of the whole file, or none.")
        {
            Read = (scope, task) => task with
            {
                Settings = task.Settings with
                {
                    Candidates = scope.File.GetChoice("candidates", _candidateSources.Keys) is { } source ? _candidateSources[source] : task.Settings.Candidates,
                },
            },
            Options = TaskKey.Option("candidates", task => task.Settings.Candidates.ToString().ToLowerInvariant()),
        },
    ];

    public TaskSettings Defaults { get; } = new() { Fields = new TaskFields { Answers = "obj_label" } };

    public int Revision => 1;

    public bool IsPrompted => true;

    public bool AsksQuestions => false;

    public bool AddsSpecialTokens => true;

    public IEnumerable<(string Role, string Field)> Roles(TaskFields fields) => [("answers", fields.Answers)];

    public void Check(KeyedObject file, TaskDefinition task)
    {
        if (task.Settings.Candidates == CandidateSource.None && task.Metric.StartsWith(CandidatePrefix, StringComparison.Ordinal))
            throw file.Wrong("candidates", $"'cluster' or 'file' when '{task.Metric}' decides", file.Find("candidates")!);
        if (task.Settings.Candidates == CandidateSource.Cluster && task.Settings.Fields.Cluster is null)
        {
            throw GateException.Usage(
                "GATE5005", "candidates come from the item's cluster, and 'fields' names no 'cluster'",
                file.Find("fields")?.Location ?? file.Location,
                "name the field of the relation, \"fields\": { \"cluster\": \"relation\" }, or set \"candidates\" to \"file\" or \"none\"");
        }
    }

    public (string Prompt, string Answer) Example(TaskDefinition task, DataRecord record) =>
        (ItemReader.Render(task.Prompt, record, task.Settings.Fields), record.RequireTexts(task.Settings.Fields.Answers)[0]);

    public IReadOnlyList<(string Context, string? Continuation)> Requests(TaskDefinition task, TaskItem item) => [(item.Prompt, null)];

    public int AnswerCharacters(TaskDefinition task, TaskItem item) => 0;

    public IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding) =>
        [new AskedSequence(null, [.. encoding.Prompt(ClozeText.Of(item.Prompt, encoding.Tokenizer, ModelKind.Causal).Read, int.MaxValue).Ids], [])];

    public IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded)
    {
        string delimiter = task.Settings.TargetDelimiter;
        List<TaskItem> items = ItemReader.Read(task, excluded, (record, item) =>
        {
            string label = record.RequireTexts(task.Settings.Fields.Answers)[0];
            if (label.Length == 0)
                throw record.Wrong(task.Settings.Fields.Answers, "a label that is not empty", "an empty text");
            int tokens = tokenizer is null ? 1 : tokenizer.Encode(delimiter + label, addSpecialTokens: false).Length;
            if (tokens == 1)
                return item with { Prompt = PythonText.TrimEnd(item.Prompt), Answers = [label] };
            excluded.Add(new ExcludedItem(item.Id, $"'{label}' takes {tokens} tokens of this tokenizer; a cloze needs one"));
            return null;
        });

        Dictionary<string, ImmutableArray<string>> candidates = items.GroupBy(item => Source(task, item), item => item.Answers[0], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray(), StringComparer.Ordinal);
        return [.. items.Select(item => ItemReader.WithHash(Complete(task, item, candidates[Source(task, item)])))];
    }

    public IReadOnlyList<ItemResult> Ask(TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model, CancellationToken cancellationToken)
    {
        PromptEncoding encoding = PromptEncoding.For(task, model);
        Dictionary<string, int?> tokens = items.SelectMany(item => item.Choices.Append(item.Answers[0])).Distinct(StringComparer.Ordinal)
            .ToDictionary(label => label, label => PromptEncoding.SingleToken(encoding.Tokenizer, task.Settings.TargetDelimiter, label), StringComparer.Ordinal);
        foreach (int id in tokens.Values.OfType<int>())
            PromptEncoding.CheckId(id, model.VocabularySize);

        Question[] questions = [.. items.Select(item => Prepare(item, tokens, encoding, model))];
        Question[] asked = [.. questions.Where(question => question.Gold is not null)];
        Queue<NextTokenScores> scores = new(model.Kind == ModelKind.Masked
            ? model.ScoreMasks([.. asked.Select(question => new MaskRequest(question.Context, question.Position, question.Targets, 2))], null, cancellationToken)
            : model.ScoreNextTokens(
                [.. asked.Select(question => new NextTokenRequest(question.Context, question.Targets, 2) { DecoderContext = question.Said })], null, cancellationToken));
        return [.. questions.Select(question => question.Gold is null
            ? ItemReader.Invalid(question.Item, task.Metric)
            : Judge(task, question, scores.Dequeue(), encoding.Tokenizer))];
    }

    private static Question Prepare(TaskItem item, Dictionary<string, int?> tokens, PromptEncoding encoding, ILanguageModel model)
    {
        int? gold = tokens[item.Answers[0]];
        int[] targets = [.. item.Choices.Append(item.Answers[0]).Select(label => tokens[label]).OfType<int>().Distinct()];
        ClozeText text = ClozeText.Of(item.Prompt, encoding.Tokenizer, model.Kind);
        (int[] context, bool truncated) = encoding.Prompt(text.Read, model.MaximumLength);
        return new Question(item, gold, context, targets, truncated) { Position = text.PositionIn(context), Said = text.Said };
    }

    private static ItemResult Judge(TaskDefinition task, Question question, NextTokenScores scores, Tokenizer tokenizer)
    {
        if (!scores.TargetLogProbabilities.Concat(scores.TopLogProbabilities).All(double.IsFinite))
            return ItemReader.Invalid(question.Item, task.Metric);

        int gold = Array.IndexOf(question.Targets, question.Gold!.Value);
        int rank = scores.TargetRanks[gold];
        int candidateRank = 1 + scores.TargetRanks.Count(other => other < rank);
        bool amongCandidates = task.Metric.StartsWith(CandidatePrefix, StringComparison.Ordinal);
        int best = Enumerable.Range(0, question.Targets.Length).MinBy(index => scores.TargetRanks[index]);
        double bestOther = amongCandidates
            ? scores.TargetLogProbabilities.Where((_, index) => index != gold).DefaultIfEmpty(double.NaN).Max()
            : scores.TopLogProbabilities.Where((_, index) => scores.TopIds[index] != question.Gold).DefaultIfEmpty(double.NaN).First();
        double margin = scores.TargetLogProbabilities[gold] - bestOther;

        List<KeyValuePair<string, double>> values = [.. Ranks("", rank).Where(value => IsReported(task, value.Key) && IsKnown(value.Key, scores.ExactRanks))];
        if (!IsKnown(task.Metric, scores.ExactRanks))
        {
            throw GateException.Input(
                "GATE5025", $"the task '{task.Name}' is decided by {task.Metric}, and the model's server says the rank of a token only up to {scores.ExactRanks}", null,
                "Decide by p_at_1 or by a candidate_ metric, or serve the model with prompt_logprobs (vLLM), which gives every rank.");
        }

        if (question.Item.Choices.Length > 0)
            values.AddRange(Ranks(CandidatePrefix, candidateRank).Where(value => IsReported(task, value.Key)));
        if (question.Truncated)
            values.Add(new("prompt_truncated", 1));
        ImmutableSortedDictionary<string, double> metrics = ItemReader.Values(values);
        return new ItemResult
        {
            ItemId = question.Item.Id,
            Score = metrics[task.Metric],
            Answer = PythonText.Strip(tokenizer.Decode([amongCandidates ? question.Targets[best] : scores.TopIds[0]], skipSpecialTokens: false)),
            Margin = double.IsNaN(margin) ? null : margin,
            Metrics = metrics,
        };
    }

    // A metric over the whole vocabulary needs ranks as far as it looks; the candidates' order among themselves is always known.
    private static bool IsKnown(string metric, int exactRanks) =>
        metric.StartsWith(CandidatePrefix, StringComparison.Ordinal) || exactRanks >= (metric switch { "p_at_1" => 1, "p_at_5" => 5, "p_at_10" => 10, _ => int.MaxValue });

    private static bool IsReported(TaskDefinition task, string metric) =>
        metric == task.Metric || (task.Settings.Metrics.IsEmpty ? TaskForms.Of(task.Kind).Reported : task.Settings.Metrics).Contains(metric);

    private static IEnumerable<KeyValuePair<string, double>> Ranks(string prefix, int rank) =>
    [
        new(prefix + "p_at_1", RankMetrics.PrecisionAt(1, rank)),
        new(prefix + "p_at_5", RankMetrics.PrecisionAt(5, rank)),
        new(prefix + "p_at_10", RankMetrics.PrecisionAt(10, rank)),
        new(prefix + "mrr", RankMetrics.ReciprocalRank(rank)),
    ];

    private static string Source(TaskDefinition task, TaskItem item) =>
        task.Settings.Candidates == CandidateSource.Cluster ? item.Cluster ?? "" : "";

    private static TaskItem Complete(TaskDefinition task, TaskItem item, ImmutableArray<string> candidates)
    {
        if (task.Settings.Candidates == CandidateSource.None)
            return item;
        double chance = task.Metric switch
        {
            CandidatePrefix + "p_at_1" => RankMetrics.ChanceOfPrecisionAt(1, candidates.Length),
            CandidatePrefix + "p_at_5" => RankMetrics.ChanceOfPrecisionAt(5, candidates.Length),
            CandidatePrefix + "p_at_10" => RankMetrics.ChanceOfPrecisionAt(10, candidates.Length),
            CandidatePrefix + "mrr" => RankMetrics.ChanceOfReciprocalRank(candidates.Length),
            _ => 0,
        };
        return item with { Choices = candidates, AnswerIndex = candidates.IndexOf(item.Answers[0]), Chance = chance };
    }

    private sealed record Question(TaskItem Item, int? Gold, int[] Context, int[] Targets, bool Truncated)
    {
        /// <summary>Where a masked model's mask stands.</summary>
        public int Position { get; init; }

        /// <summary>What the decoder of an encoder–decoder says first.</summary>
        public int[] Said { get; init; } = [];
    }
}
