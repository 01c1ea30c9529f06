using Gate.Diagnostics;
using Gate.Models.Architectures;
using Gate.Models.Inference.Engine;
using Gate.Models.Inference.GreedySearch;
using Gate.Models.Inference.Scoring;
using Gate.Models.Tokenization;

namespace Gate.Models.Inference;

/// <summary>A model on a local engine. Calls may come from several threads and are answered one after the other.</summary>
internal sealed class LocalLanguageModel : ILanguageModel
{
    private readonly ModelDescription _description;
    private readonly IDecoder _decoder;
    private readonly IComputeEngine _engine;
    private readonly SequenceScorer _scorer;
    private readonly GreedyGenerator _generator;
    private readonly SequenceChecks _checks;
    private readonly Lock _oneCall = new();
    private long _tokensRequested;
    private long _tokensGenerated;

    /// <summary>Takes over a decoder and its engine.</summary>
    public LocalLanguageModel(ModelDescription description, IDecoder decoder, IComputeEngine engine, InferenceOptions options)
    {
        _description = description;
        _decoder = decoder;
        _engine = engine;
        KeyValueStore store = engine.AllocateStore(decoder.KeyValueShape);
        _scorer = new SequenceScorer(decoder, engine, store, options.BatchTokens);
        _generator = new GreedyGenerator(decoder, engine, store, options.BatchTokens, options.KeyValueBytes);
        _checks = new SequenceChecks(description.Folder, decoder.MaximumLength, decoder.VocabularySize);
    }

    public ModelIdentity Identity => _description.Identity;

    public Tokenizer? Tokenizer => _description.Tokenizer;

    public int MaximumLength => _decoder.MaximumLength;

    public int VocabularySize => _decoder.VocabularySize;

    public IReadOnlyList<int> EndOfTextIds => _description.EndOfTextIds;

    public InferenceCounters Counters => new(_tokensRequested, _scorer.TokensComputed + _generator.TokensComputed, _tokensGenerated);

    public IReadOnlyList<ContinuationScore> ScoreContinuations(
        IReadOnlyList<ContinuationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<int>[] sequences = new ReadOnlyMemory<int>[requests.Count];
        List<WantedRow> wanted = [];
        for (int index = 0; index < requests.Count; index++)
        {
            ContinuationRequest request = requests[index];
            _checks.Ids(request.Context.Span, "context", index);
            _checks.Ids(request.Continuation.Span, "continuation", index);

            // The last token is predicted, never read.
            sequences[index] = (int[])[.. request.Context.Span, .. request.Continuation.Span[..^1]];
            _checks.Length(sequences[index].Length, index);
            for (int i = 0; i < request.Continuation.Length; i++)
                wanted.Add(new WantedRow(index, request.Context.Length - 1 + i, request.Continuation.Slice(i, 1), Top: 0));
        }

        NextTokenScores[] rows = Score(sequences, wanted, progress, cancellationToken);
        ContinuationScore[] scores = new ContinuationScore[requests.Count];
        int next = 0;
        for (int index = 0; index < scores.Length; index++)
        {
            ArraySegment<NextTokenScores> part = new(rows, next, requests[index].Continuation.Length);
            scores[index] = new ContinuationScore(
                [.. part.Select(row => row.TargetLogProbabilities[0])],
                part.All(row => row.TargetRanks[0] == 1 && double.IsFinite(row.TargetLogProbabilities[0])));
            next += part.Count;
        }

        return scores;
    }

    public IReadOnlyList<NextTokenScores> ScoreNextTokens(
        IReadOnlyList<NextTokenRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        WantedRow[] wanted = new WantedRow[requests.Count];
        for (int index = 0; index < requests.Count; index++)
        {
            NextTokenRequest request = requests[index];
            ArgumentOutOfRangeException.ThrowIfNegative(request.Top, nameof(requests));
            _checks.Ids(request.Context.Span, "context", index);
            _checks.Length(request.Context.Length, index);
            if (!request.Targets.IsEmpty)
                _checks.Ids(request.Targets.Span, "targets", index);
            wanted[index] = new WantedRow(index, request.Context.Length - 1, request.Targets, request.Top);
        }

        return Score([.. requests.Select(request => request.Context)], wanted, progress, cancellationToken);
    }

    public IReadOnlyList<Generation> Generate(
        IReadOnlyList<GenerationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        GenerationState[] states = [.. requests.Select(StartGeneration)];
        int reported = 0;
        void Report()
        {
            int finished = states.Count(state => !state.IsRunning);
            if (finished > reported)
                progress?.Report(reported = finished);
        }

        lock (_oneCall)
        {
            GenerationState[] running = [.. states.Where(state => state.IsRunning)];
            if (_decoder.DependsOnLength)
                GenerateWithoutCache(running, Report, cancellationToken);
            else
                _generator.Run(running, Report, cancellationToken);
            _tokensGenerated += states.Sum(state => (long)state.GeneratedCount);
            _tokensRequested += states.Sum(state => (long)state.Context.Length + state.GeneratedCount);
        }

        return [.. states.Select(state => state.Result)];
    }

    public void VisitLogits(ReadOnlyMemory<int> ids, LogitsVisitor visit, CancellationToken cancellationToken = default)
    {
        _checks.Ids(ids.Span, "sequence", 0);
        _checks.Length(ids.Length, 0);
        lock (_oneCall)
        {
            _tokensRequested += ids.Length;
            _scorer.Visit(ids, visit, cancellationToken);
        }
    }

    public void Dispose() => _engine.Dispose();

    private NextTokenScores[] Score(
        IReadOnlyList<ReadOnlyMemory<int>> sequences, IReadOnlyList<WantedRow> wanted, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        lock (_oneCall)
        {
            _tokensRequested += sequences.Sum(sequence => (long)sequence.Length);
            return _scorer.Score(sequences, wanted, progress, cancellationToken);
        }
    }

    // A new token changes the positions of all tokens before it: nothing computed for the shorter sequence can be kept.
    private void GenerateWithoutCache(GenerationState[] running, Action finished, CancellationToken cancellationToken)
    {
        while (running.Length > 0)
        {
            NextTokenScores[] best = _scorer.Score(
                [.. running.Select(state => state.Sequence)],
                [.. running.Select((state, index) => new WantedRow(index, state.Context.Length + state.GeneratedCount - 1, default, Top: 1))],
                progress: null,
                cancellationToken);
            for (int i = 0; i < running.Length; i++)
                running[i].Accept(best[i]);
            finished();
            running = [.. running.Where(state => state.IsRunning)];
        }
    }

    private GenerationState StartGeneration(GenerationRequest request, int index)
    {
        _checks.Ids(request.Context.Span, "context", index);
        _checks.Length(request.Context.Length, index);
        ArgumentOutOfRangeException.ThrowIfNegative(request.MaximumNewTokens, nameof(request));
        if (request.StopTexts.Any(string.IsNullOrEmpty))
            throw new ArgumentException($"request {index} has an empty stop text, which every answer contains", nameof(request));
        if (request.StopTexts.Count > 0 && Tokenizer is null)
        {
            throw GateException.Input(
                "GATE3092",
                $"{_description.Folder}: request {index} ends at a text, which needs a tokenizer, but the folder has no tokenizer.json.",
                new SourceLocation(_description.Folder),
                "Add the model's tokenizer.json, or stop at token ids.");
        }

        return new GenerationState(index, request, Tokenizer, MaximumLength);
    }
}
