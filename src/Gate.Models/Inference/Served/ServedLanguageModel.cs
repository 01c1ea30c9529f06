using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Questions;
using Gate.Models.Tokenization;

namespace Gate.Models.Inference.Served;

/// <summary>
/// A model behind an OpenAI-compatible completions endpoint. Prompts go out as token ids; answers come back in the order of the requests, whichever
/// arrives first. What the server cannot return is refused by name, never guessed.
/// </summary>
internal sealed class ServedLanguageModel : ILanguageModel
{
    // One generated token comes with every scored prompt: not all servers take max_tokens 0.
    private const int GeneratedWithPrompt = 1;
    private const string LengthReason = "length";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);

    private readonly ServedModelSettings _settings;
    private readonly Tokenizer _tokenizer;
    private readonly TokenNames _names;
    private readonly CompletionClient _client;
    private readonly SequenceChecks _checks;
    private ServerAbilities? _abilities;
    private bool? _listsVocabulary;
    private long _tokensRequested;
    private long _tokensGenerated;

    /// <summary>Prepares the model; the server is first contacted with the first question.</summary>
    public ServedLanguageModel(ServedModelSettings settings, ModelIdentity identity, Tokenizer tokenizer, ServerKey? key, Action<string>? told)
    {
        (_settings, Identity, _tokenizer) = (settings, identity, tokenizer);
        _names = new TokenNames(tokenizer);
        _client = new CompletionClient(settings, key, FirstPause, told);
        _checks = new SequenceChecks(settings.File, MaximumLength + 1, tokenizer.VocabularySize);
    }

    public ModelIdentity Identity { get; }

    public Tokenizer? Tokenizer => _tokenizer;

    // A continuation's last token is part of the prompt here, unlike in a local engine.
    public int MaximumLength => _settings.ContextLength - GeneratedWithPrompt - 1;

    public int VocabularySize => _tokenizer.VocabularySize;

    public IReadOnlyList<int> EndOfTextIds => _tokenizer.EndOfSequence is { } id ? [id] : [];

    public ModelKind Kind => ModelKind.Causal;

    public InferenceCounters Counters => new(_tokensRequested, _tokensRequested, _tokensGenerated);

    public IReadOnlyList<ContinuationScore> ScoreContinuations(
        IReadOnlyList<ContinuationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        int[][] sequences = [.. requests.Select((request, index) =>
        {
            _checks.Ids(request.Context.Span, "context", index);
            _checks.Ids(request.Continuation.Span, "continuation", index);
            _checks.Length(request.Context.Length + request.Continuation.Length, index);
            return (int[])[.. request.Context.Span, .. request.Continuation.Span];
        })];
        PromptScore[][] scores = ScorePrompts(sequences, [.. requests.Select(request => request.Context.Length)], progress, cancellationToken);
        return [.. scores.Select(tokens => new ContinuationScore([.. tokens.Select(token => token.LogProbability)], Array.TrueForAll(tokens, token => token.IsBest)))];
    }

    public IReadOnlyList<NextTokenScores> ScoreNextTokens(
        IReadOnlyList<NextTokenRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ServerAbilities abilities = Abilities(cancellationToken);
        int most = requests.Count == 0 ? 0 : requests.Max(request => request.Top);
        if (abilities.Top < most)
            throw Refused($"the {most} most probable next tokens (a cloze task)", $"it lists {abilities.Top}");
        for (int index = 0; index < requests.Count; index++)
        {
            _checks.Ids(requests[index].Context.Span, "context", index);
            _checks.Length(requests[index].Context.Length + 1, index);
        }

        Count(requests.Select(request => request.Context.Length));
        if (abilities.Dialect == ServerDialect.GenerateOnly)
            return ScoreByWholeLists(requests, progress, cancellationToken);
        CompletionReply[] replies = Ask(
            [.. requests.Select(request => new CompletionRequest(request.Context, 1, Logprobs: abilities.Top))], progress, cancellationToken);
        NextTokenAnswer[] answers = [.. requests.Zip(replies, (request, reply) => NextTokenAnswer.Of(request, reply, _names, _settings))];

        // Targets outside the listed tokens are asked for one by one: the server scores each as the prompt's last token.
        (int Request, int Target)[] open = [.. answers.SelectMany((answer, index) => answer.Missing.Select(target => (index, target)))];
        PromptScore[][] scores = ScorePrompts(
            [.. open.Select(pair => (int[])[.. requests[pair.Request].Context.Span, pair.Target])], [.. open.Select(pair => requests[pair.Request].Context.Length)],
            null, cancellationToken);
        foreach (((int index, int target), PromptScore[] score) in open.Zip(scores))
            answers[index].Add(target, score[0]);
        return [.. requests.Zip(answers, (request, answer) => answer.Scores(request, exactRanks: abilities.Dialect == ServerDialect.PromptLogprobs))];
    }

    public IReadOnlyList<Generation> Generate(
        IReadOnlyList<GenerationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        for (int index = 0; index < requests.Count; index++)
        {
            _checks.Ids(requests[index].Context.Span, "context", index);
            _checks.Length(requests[index].Context.Length + 1, index);
        }

        ServerAbilities abilities = Abilities(cancellationToken);
        Count(requests.Select(request => request.Context.Length));
        CompletionReply[] replies = Ask(
            [.. requests.Select(request => new CompletionRequest(
                request.Context, request.MaximumNewTokens, Logprobs: abilities.Top > 0 ? 1 : null, Stops: request.StopTexts))],
            progress, cancellationToken);
        foreach ((GenerationRequest request, CompletionReply reply) in requests.Zip(replies))
            CheckEnd(request, reply);
        Generation[] generations = [.. replies.Select(reply => new Generation(
            _tokenizer.Encode(reply.Text, addSpecialTokens: false), [.. reply.Generated?.Select(token => token.LogProbability ?? 0) ?? []],
            reply.FinishReason == LengthReason ? GenerationStop.Length : GenerationStop.StopText))];
        _tokensGenerated += generations.Sum(generation => generation.Ids.Count);
        return generations;
    }

    public IReadOnlyList<NextTokenScores> ScoreMasks(
        IReadOnlyList<MaskRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default) =>
        throw Refused("masked tokens", "no completions endpoint does");

    public void VisitLogits(LogitsRequest request, LogitsVisitor visit, CancellationToken cancellationToken = default) =>
        throw Refused("rows of logits (divergence, gate score --logits)", "no completions endpoint does");

    public void Dispose() => _client.Dispose();

    // A server that scores no given text may still list every token that can come next, which says every rank. Such an answer is megabytes long: no more of
    // them are held than requests are under way.
    private List<NextTokenScores> ScoreByWholeLists(IReadOnlyList<NextTokenRequest> requests, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        _listsVocabulary ??= new ServerProbe(_client, _settings, _tokenizer, cancellationToken).ListsVocabulary();
        if (_listsVocabulary == false)
        {
            throw Refused(
                "the rank of given next tokens (a cloze task)",
                "it gives log-probabilities of generated tokens only, and does not list the whole vocabulary at a position");
        }

        List<NextTokenScores> scores = [];
        int whole = ServerProbe.WholeVocabulary(_tokenizer);
        foreach (NextTokenRequest[] some in requests.Chunk(_settings.Concurrency))
        {
            CompletionReply[] replies = Ask([.. some.Select(request => new CompletionRequest(request.Context, 1, Logprobs: whole))], null, cancellationToken);
            scores.AddRange(some.Zip(replies, WholeList));
            progress?.Report(scores.Count);
        }

        return scores;
    }

    private NextTokenScores WholeList(NextTokenRequest request, CompletionReply reply)
    {
        NextTokenAnswer answer = NextTokenAnswer.Of(request, reply, _names, _settings);
        return answer.Missing is not [int missing, ..] ? answer.Scores(request, exactRanks: true) : throw GateException.Input(
            "GATE6005", $"{_settings.Url}: expected every token of the vocabulary in 'logprobs', found no token {missing}", new SourceLocation(_settings.File),
            "Put the tokenizer files of the served model beside endpoint.json, and check the server's version.");
    }

    private PromptScore[][] ScorePrompts(int[][] sequences, int[] first, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (sequences.Length == 0)
            return [];
        ServerAbilities abilities = RequirePromptScores("the log-probability of a given text (multiple choice, perplexity)", cancellationToken);
        Count(sequences.Select(ids => ids.Length));
        CompletionReply[] replies = Ask([.. sequences.Select(ids => PromptScores.Request(ids, abilities.Dialect))], progress, cancellationToken);
        try
        {
            return [.. replies.Select((reply, index) => PromptScores.Read(reply, sequences[index], first[index], abilities.Dialect, _names))];
        }
        catch (ServerReplyException exception)
        {
            throw GateException.Input("GATE6005", $"{_settings.Url}: {exception.Message}", new SourceLocation(_settings.File), "Check the server's version and 'dialect'.", exception);
        }
    }

    // A server may shorten a prompt that is too long for it instead of refusing it; then it answers another question.
    private CompletionReply[] Ask(IReadOnlyList<CompletionRequest> requests, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        CompletionReply[] replies = _client.Send(requests, count => progress?.Report(count), cancellationToken);
        foreach ((CompletionRequest request, CompletionReply reply) in requests.Zip(replies))
        {
            if (reply.PromptTokens is { } counted && counted != request.Ids.Length)
                throw TooShort($"expected an answer to the {request.Ids.Length} prompt tokens that were sent, the server counts {counted}");
        }

        return replies;
    }

    private void CheckEnd(GenerationRequest request, CompletionReply reply)
    {
        if (reply is { FinishReason: LengthReason, CompletionTokens: { } generated } && generated < request.MaximumNewTokens)
        {
            throw TooShort(
                $"expected up to {request.MaximumNewTokens} tokens after a prompt of {request.Context.Length}, the server broke off after {generated} without a stop");
        }
    }

    private GateException TooShort(string what) => GateException.Input(
        "GATE6005", $"{_settings.Url}: {what}", new SourceLocation(_settings.File),
        $"The server has less room than contextLength {_settings.ContextLength} in endpoint.json says, or a limit of its own: give it more, or lower 'contextLength'. "
        + "llama.cpp's server shares -c among the -np sequences it answers at a time.");

    // The server is contacted with the first question, not before.
    private ServerAbilities Abilities(CancellationToken cancellationToken) =>
        _abilities ??= new ServerProbe(_client, _settings, _tokenizer, cancellationToken).Run();

    private ServerAbilities RequirePromptScores(string what, CancellationToken cancellationToken)
    {
        ServerAbilities abilities = Abilities(cancellationToken);
        return abilities.Dialect != ServerDialect.GenerateOnly ? abilities
            : throw Refused(what, "it gives log-probabilities of generated tokens only");
    }

    private GateException Refused(string what, string found) => GateException.Input(
        "GATE6008", $"{_settings.Url}: the server cannot return {what}: {found}", new SourceLocation(_settings.File),
        "Take the task out of suite.tasks, or serve the model with a server that returns log-probabilities of prompts (vLLM, SGLang).");

    private void Count(IEnumerable<int> tokens) => _tokensRequested += tokens.Sum(count => (long)count);
}
