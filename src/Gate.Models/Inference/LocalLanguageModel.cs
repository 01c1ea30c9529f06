using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Engines;
using Gate.Models.Inference.GreedySearch;
using Gate.Models.Inference.Scoring;
using Gate.Models.Questions;
using Gate.Models.Runtime;
using Gate.Models.Tokenization;

namespace Gate.Models.Inference;

/// <summary>A model on a local engine. Calls may come from several threads and are answered one after the other.</summary>
internal sealed class LocalLanguageModel : ILanguageModel
{
    private readonly ModelDescription _description;
    private readonly ModelRunner _runner;
    private readonly IComputeEngine _engine;
    private readonly SourceReader? _sources;
    private readonly SequenceScorer _scorer;
    private readonly GreedyGenerator _generator;
    private readonly SequenceChecks _checks;
    private readonly BatchLimit _limit;
    private readonly Lock _oneCall = new();
    private long _tokensRequested;
    private long _tokensGenerated;

    /// <summary>Takes over a model and its engine.</summary>
    public LocalLanguageModel(ModelDescription description, ModelRunner runner, IComputeEngine engine, InferenceOptions options)
    {
        _description = description;
        _runner = runner;
        _engine = engine;
        _limit = new BatchLimit(options.BatchTokens);
        KeyValueStore store = engine.AllocateStore(runner.StoreShape);
        _sources = Kind == ModelKind.EncoderDecoder ? new SourceReader(runner, engine, _limit) : null;
        _scorer = new SequenceScorer(runner, engine, store, _sources, _limit);
        _generator = new GreedyGenerator(runner, store, _sources, _limit, options.KeyValueBytes);
        _checks = new SequenceChecks(description.Folder, MaximumLength, runner.VocabularySize);
    }

    public ModelIdentity Identity => _description.Identity;

    public Tokenizer? Tokenizer => _description.Tokenizer;

    public int MaximumLength => _runner.Blueprint.MaximumLength;

    public int VocabularySize => _runner.VocabularySize;

    public IReadOnlyList<int> EndOfTextIds => _description.EndOfTextIds;

    public ModelKind Kind => _runner.Blueprint.Kind;

    public InferenceCounters Counters =>
        new(_tokensRequested, _scorer.TokensComputed + _generator.TokensComputed + (_sources?.TokensComputed ?? 0), _tokensGenerated);

    // What the decoder of an encoder–decoder starts with; null for other models.
    private int? StartId => Kind == ModelKind.EncoderDecoder ? _runner.Blueprint.DecoderStartId : null;

    public IReadOnlyList<ContinuationScore> ScoreContinuations(
        IReadOnlyList<ContinuationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        List<SourcedSequence> sequences = new(requests.Count);
        List<WantedRow> wanted = [];
        for (int index = 0; index < requests.Count; index++)
        {
            ContinuationRequest request = requests[index];
            _checks.Ids(request.Context.Span, "context", index);
            _checks.Ids(request.Continuation.Span, "continuation", index);
            if (Kind == ModelKind.Masked)
                AddMasked(request, index, sequences, wanted);
            else
                AddContinuation(request, index, sequences, wanted);
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
        if (Kind == ModelKind.Masked)
            throw CannotAnswer("the next token of a text", "masked tokens");
        SourcedSequence[] sequences = new SourcedSequence[requests.Count];
        WantedRow[] wanted = new WantedRow[requests.Count];
        for (int index = 0; index < requests.Count; index++)
        {
            NextTokenRequest request = requests[index];
            sequences[index] = Sourced(request.Context, request.DecoderContext, index);
            wanted[index] = Wanted(index, sequences[index].Ids.Length - 1, request.Targets, request.Top);
        }

        return Score(sequences, wanted, progress, cancellationToken);
    }

    public IReadOnlyList<NextTokenScores> ScoreMasks(
        IReadOnlyList<MaskRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (Kind != ModelKind.Masked)
            throw CannotAnswer("masked tokens of a text", "the next token");
        SourcedSequence[] sequences = new SourcedSequence[requests.Count];
        WantedRow[] wanted = new WantedRow[requests.Count];
        for (int index = 0; index < requests.Count; index++)
        {
            MaskRequest request = requests[index];
            ArgumentOutOfRangeException.ThrowIfNegative(request.Position, nameof(requests));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(request.Position, request.Ids.Length, nameof(requests));
            sequences[index] = Sourced(request.Ids, default, index);
            wanted[index] = Wanted(index, request.Position, request.Targets, request.Top);
        }

        return Score(sequences, wanted, progress, cancellationToken);
    }

    public IReadOnlyList<Generation> Generate(
        IReadOnlyList<GenerationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (Kind == ModelKind.Masked)
            throw CannotAnswer("a generated text", "masked tokens");
        lock (_oneCall)
            return Fitting(() => GenerateAll(requests, progress, cancellationToken));
    }

    private Generation[] GenerateAll(IReadOnlyList<GenerationRequest> requests, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        GenerationState[] states = [.. requests.Select(StartGeneration)];
        int reported = 0;
        void Report()
        {
            int finished = states.Count(state => !state.IsRunning);
            if (finished > reported)
                progress?.Report(reported = finished);
        }

        GenerationState[] running = [.. states.Where(state => state.IsRunning)];
        if (_runner.DependsOnLength)
            GenerateWithoutCache(running, Report, cancellationToken);
        else
            _generator.Run(running, Report, cancellationToken);
        _tokensGenerated += states.Sum(state => (long)state.GeneratedCount);
        _tokensRequested += states.Sum(state => (long)state.Context.Length + state.Source.Length + state.GeneratedCount);
        return [.. states.Select(state => state.Result)];
    }

    public void VisitLogits(LogitsRequest request, LogitsVisitor visit, CancellationToken cancellationToken = default)
    {
        _checks.Ids(request.Ids.Span, "sequence", 0);
        _checks.Length(request.Ids.Length, 0);
        if (Kind == ModelKind.EncoderDecoder)
        {
            _checks.Ids(request.EncoderIds.Span, "encoder sequence", 0);
            _checks.Length(request.EncoderIds.Length, 0);
        }

        int types = _runner.Blueprint.Encoder?.Embedding.Types?.Outputs ?? 1;
        if (!request.Types.IsEmpty && (request.Types.Length != request.Ids.Length || request.Types.Span.ContainsAnyExceptInRange(0, types - 1)))
            throw new ArgumentException($"expected a segment type from 0 to {types - 1} for each of the {request.Ids.Length} tokens", nameof(request));
        lock (_oneCall)
        {
            _tokensRequested += request.Ids.Length + request.EncoderIds.Length;
            _scorer.Visit(new SourcedSequence(request.Ids, request.EncoderIds), request.Types, visit, cancellationToken);
        }
    }

    public void Dispose() => _engine.Dispose();

    private void AddContinuation(ContinuationRequest request, int index, List<SourcedSequence> sequences, List<WantedRow> wanted)
    {
        // The last token is predicted, never read.
        ReadOnlySpan<int> read = request.Continuation.Span[..^1];
        SourcedSequence sequence = StartId is { } start
            ? new((int[])[start, .. read], request.Context)
            : new((int[])[.. request.Context.Span, .. read], default);
        sequences.Add(sequence);
        _checks.Length(sequence.Ids.Length, index);
        _checks.Length(sequence.Source.Length, index);
        int first = sequence.Ids.Length - request.Continuation.Length;
        for (int i = 0; i < request.Continuation.Length; i++)
            wanted.Add(new WantedRow(index, first + i, request.Continuation.Slice(i, 1), Top: 0));
    }

    private void AddMasked(ContinuationRequest request, int index, List<SourcedSequence> sequences, List<WantedRow> wanted)
    {
        int mask = _description.MaskId;
        int[] whole = [.. request.Context.Span, .. request.Continuation.Span, .. _description.ClosingIds];
        _checks.Length(whole.Length, index);
        for (int i = 0; i < request.Continuation.Length; i++)
        {
            int[] masked = [.. whole];
            masked[request.Context.Length + i] = mask;
            wanted.Add(new WantedRow(sequences.Count, request.Context.Length + i, request.Continuation.Slice(i, 1), Top: 0));
            sequences.Add(new SourcedSequence(masked, default));
        }
    }

    private SourcedSequence Sourced(ReadOnlyMemory<int> context, ReadOnlyMemory<int> decoderContext, int index)
    {
        _checks.Ids(context.Span, "context", index);
        _checks.Length(context.Length, index);
        if (StartId is not { } start)
            return new SourcedSequence(context, default);
        if (!decoderContext.IsEmpty)
            _checks.Ids(decoderContext.Span, "decoder context", index);
        _checks.Length(decoderContext.Length + 1, index);
        return new SourcedSequence((int[])[start, .. decoderContext.Span], context);
    }

    private WantedRow Wanted(int index, int position, ReadOnlyMemory<int> targets, int top)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        if (!targets.IsEmpty)
            _checks.Ids(targets.Span, "targets", index);
        return new WantedRow(index, position, targets, top);
    }

    private GateException CannotAnswer(string asked, string answered) => GateException.Input(
        "GATE3095",
        $"{_description.Folder}: expected a model that answers {asked}, found the family '{_runner.Blueprint.Family}', which answers {answered}.",
        new SourceLocation(_description.Folder),
        "Leave out the tasks this kind of model cannot answer, or judge a model of another kind.");

    private NextTokenScores[] Score(
        IReadOnlyList<SourcedSequence> sequences, IReadOnlyList<WantedRow> wanted, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        lock (_oneCall)
        {
            _tokensRequested += sequences.Sum(sequence => (long)sequence.Ids.Length + sequence.Source.Length);
            return Fitting(() => _scorer.Score(sequences, wanted, progress, cancellationToken));
        }
    }

    // What was computed before a device's memory was full is lost, not wrong: all of it is asked again, in batches of half the size.
    private T Fitting<T>(Func<T> ask)
    {
        while (true)
        {
            GateException refusal;
            try
            {
                return ask();
            }
            catch (Exception exception) when (_engine.OutOfMemory(exception) is { } full)
            {
                refusal = full;
            }

            if (!_limit.Halve())
                throw refusal;
        }
    }

    // A new token changes the positions of all tokens before it: nothing computed for the shorter sequence can be kept.
    private void GenerateWithoutCache(GenerationState[] running, Action finished, CancellationToken cancellationToken)
    {
        while (running.Length > 0)
        {
            NextTokenScores[] best = _scorer.Score(
                [.. running.Select(state => new SourcedSequence(state.Sequence, state.Source))],
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

        return new GenerationState(index, request, Tokenizer, MaximumLength, StartId);
    }
}
