using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
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
/// Perplexity of whole documents as the reference harness takes it (rolling log-likelihood): every token of a document is scored once, the first ones behind a prefix token, the
/// last window filled up with what stands before it; the sum is divided by words, bytes or tokens. An item is a document.
/// </summary>
internal sealed class Documents : ITaskForm
{
    private static readonly Regex _whiteSpace = PythonPattern.Of(@"[\s\u001C-\u001F]+");

    public string Name => "documents";

    public ImmutableArray<Metric> Metrics { get; } =
        [new Metric("word_perplexity", Measure.Loss), new Metric("byte_perplexity", Measure.Loss), new Metric("perplexity", Measure.Loss)];

    public ImmutableArray<string> Reported { get; } = [];

    public ImmutableArray<TaskKey> Keys { get; } =
    [
        new("original", """{ "type": "string" }""", "Template of the text whose words or bytes are counted, where it is not the scored one: perplexities of published texts count the original.")
        {
            Read = (scope, task) => task with { Settings = task.Settings with { Original = PromptKeys.ReadTemplate(scope.File, "original", required: false) } },
            Options = TaskKey.Option("original", task => task.Settings.Original),
        },
    ];

    public TaskSettings Defaults { get; } = new() { ClusterScope = ClusterScope.Task, Fields = new TaskFields { Id = TaskFields.RowIndex } };

    public int Revision => 1;

    public bool IsPrompted => true;

    public bool AsksQuestions => false;

    public bool AddsSpecialTokens => true;

    public IEnumerable<(string Role, string Field)> Roles(TaskFields fields) => [];

    public void Check(KeyedObject file, TaskDefinition task)
    {
    }

    public (string Prompt, string Answer) Example(TaskDefinition task, DataRecord record) => throw new NotSupportedException("a document has no examples");

    /// <summary>Words as <c>re.split(r"\s+", text)</c> counts them: one more than there are runs of white space.</summary>
    public static int Words(string text) => _whiteSpace.Count(text) + 1;

    public IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded) => ItemReader.Read(task, excluded, (record, item) =>
    {
        if (item.Prompt.Length == 0)
            throw record.Wrong("prompt", "a text that is not empty", "an empty text");
        string original = task.Settings.Original is { } template ? ItemReader.Render(template, record, task.Settings.Fields) : item.Prompt;
        return ItemReader.WithHash(item with
        {
            Prompt = "",
            Asked = item.Prompt,
            Continuation = item.Prompt,
            Units = task.Metric switch { "word_perplexity" => Words(original), "byte_perplexity" => Encoding.UTF8.GetByteCount(original), _ => 0 },
        });
    });

    public IReadOnlyList<(string Context, string? Continuation)> Requests(TaskDefinition task, TaskItem item) => [("", item.Continuation)];

    public IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding) =>
        [new AskedSequence(item.Continuation, [], [.. encoding.Prompt(item.Continuation!, int.MaxValue).Ids])];

    public IReadOnlyList<ItemResult> Ask(TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model, CancellationToken cancellationToken)
    {
        PromptEncoding encoding = PromptEncoding.For(task, model);
        ContinuationRequest[][] windows = [.. items.Select(item =>
            Windows(encoding.Prompt(item.Continuation!, int.MaxValue).Ids, encoding.PrefixToken, model.MaximumLength).ToArray())];
        Queue<ContinuationScore> scores = new(model.ScoreContinuations([.. windows.SelectMany(window => window)], null, cancellationToken));
        return [.. items.Select((item, index) => Judge(item, [.. windows[index].Select(_ => scores.Dequeue())]))];
    }

    public int AnswerCharacters(TaskDefinition task, TaskItem item) => item.Continuation!.Length;

    /// <summary>The windows of a document: together they score every token once, each sees as much before its tokens as the model takes.</summary>
    /// <param name="tokens">The document.</param>
    /// <param name="prefix">What stands before its first token.</param>
    /// <param name="length">Tokens the model sees.</param>
    internal static IEnumerable<ContinuationRequest> Windows(int[] tokens, int prefix, int length)
    {
        int first = Math.Min(length, tokens.Length);
        yield return new ContinuationRequest(new[] { prefix }, tokens.AsMemory(0, first));
        for (int start = first; start < tokens.Length;)
        {
            int count = Math.Min(length, tokens.Length - start);
            int from = Math.Max(0, start + count - length - 1);
            yield return new ContinuationRequest(tokens.AsMemory(from, start - from), tokens.AsMemory(start, count));
            start += count;
        }
    }

    private static ItemResult Judge(TaskItem item, ContinuationScore[] scores)
    {
        double loss = -scores.Sum(score => score.LogLikelihood);
        bool finite = double.IsFinite(loss);
        return new ItemResult
        {
            ItemId = item.Id,
            Score = finite ? loss : double.NaN,
            Weight = item.Units > 0 ? item.Units : scores.Sum(score => score.LogProbabilities.Count),
            Answer = "",
            Invalid = !finite,
        };
    }
}
