using Gate.Models.Blueprints;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Tests.Models;

/// <summary>A language model given by a function from context to logits; every question of the contract is answered from it in the plainest way.</summary>
internal sealed class LogitsModel(Tokenizer? tokenizer, int vocabularySize, Func<ReadOnlyMemory<int>, float[]> logits) : ILanguageModel
{
    public ModelIdentity Identity { get; } = new("test", "w", "c", "t", "test/1");

    public Tokenizer? Tokenizer => tokenizer;

    public int MaximumLength { get; init; } = 4096;

    public int VocabularySize => vocabularySize;

    public IReadOnlyList<int> EndOfTextIds { get; init; } = [WordTokenizer.EndId];

    public ModelKind Kind => ModelKind.Causal;

    public InferenceCounters Counters { get; }

    public List<int> BatchSizes { get; } = [];

    public IReadOnlyList<ContinuationScore> ScoreContinuations(
        IReadOnlyList<ContinuationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        BatchSizes.Add(requests.Count);
        return [.. requests.Select(Score)];
    }

    public IReadOnlyList<NextTokenScores> ScoreNextTokens(
        IReadOnlyList<NextTokenRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        BatchSizes.Add(requests.Count);
        return [.. requests.Select(Rank)];
    }

    public IReadOnlyList<Generation> Generate(
        IReadOnlyList<GenerationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        BatchSizes.Add(requests.Count);
        return [.. requests.Select(Generate)];
    }

    public IReadOnlyList<NextTokenScores> ScoreMasks(
        IReadOnlyList<MaskRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public void VisitLogits(LogitsRequest request, LogitsVisitor visit, CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < request.Ids.Length; i++)
            visit(i, logits(request.Ids[..(i + 1)]));
    }

    public void Dispose()
    {
    }

    private static double[] LogSoftmax(float[] row)
    {
        double maximum = row.Max();
        double sum = row.Sum(value => Math.Exp(value - maximum));
        return [.. row.Select(value => value - maximum - Math.Log(sum))];
    }

    private ContinuationScore Score(ContinuationRequest request)
    {
        if (request.Context.Length < 1 || request.Continuation.Length < 1 || request.Context.Length + request.Continuation.Length > MaximumLength + 1)
            throw new ArgumentException("the request breaks the contract", nameof(request));
        int[] whole = [.. request.Context.Span, .. request.Continuation.Span];
        List<double> values = [];
        for (int i = request.Context.Length; i < whole.Length; i++)
            values.Add(LogSoftmax(logits(whole.AsMemory(0, i)))[whole[i]]);
        return new ContinuationScore(values, IsGreedy: false);
    }

    private NextTokenScores Rank(NextTokenRequest request)
    {
        double[] row = LogSoftmax(logits(request.Context));
        int[] top = [.. Enumerable.Range(0, row.Length).OrderByDescending(id => row[id]).ThenBy(id => id).Take(request.Top)];
        int[] targets = request.Targets.ToArray();
        return new NextTokenScores(
            [.. targets.Select(id => row[id])],
            [.. targets.Select(id => 1 + Enumerable.Range(0, row.Length).Count(other => row[other] > row[id] || (row[other] == row[id] && other < id)))],
            top, [.. top.Select(id => row[id])]);
    }

    private Generation Generate(GenerationRequest request)
    {
        if (request.Context.Length < 1 || request.Context.Length + request.MaximumNewTokens > MaximumLength)
            throw new ArgumentException("the request breaks the contract", nameof(request));
        List<int> ids = [.. request.Context.Span];
        List<double> values = [];
        while (values.Count < request.MaximumNewTokens)
        {
            double[] row = LogSoftmax(logits(ids.ToArray()));
            if (!row.All(double.IsFinite))
                return new Generation(ids[request.Context.Length..], values, GenerationStop.NotFinite);
            int best = Array.IndexOf(row, row.Max());
            if (request.StopIds.Contains(best))
                return new Generation(ids[request.Context.Length..], values, GenerationStop.StopId);
            ids.Add(best);
            values.Add(row[best]);
            string text = tokenizer!.Decode([.. ids[request.Context.Length..]], skipSpecialTokens: true);
            if (request.StopTexts.Any(stop => text.Contains(stop, StringComparison.Ordinal)))
                return new Generation(ids[request.Context.Length..], values, GenerationStop.StopText);
        }

        return new Generation(ids[request.Context.Length..], values, GenerationStop.Length);
    }
}
