using Gate.Diagnostics;
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

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);

    private readonly ServedModelSettings _settings;
    private readonly Tokenizer _tokenizer;
    private readonly TokenNames _names;
    private readonly CompletionClient _client;
    private readonly SequenceChecks _checks;
    private ServerAbilities? _abilities;
    private long _tokensRequested;
    private long _tokensGenerated;

    /// <summary>Prepares the model; the server is first contacted with the first question.</summary>
    public ServedLanguageModel(ServedModelSettings settings, ModelIdentity identity, Tokenizer tokenizer, string? apiKey)
    {
        (_settings, Identity, _tokenizer) = (settings, identity, tokenizer);
        _names = new TokenNames(tokenizer);
        _client = new CompletionClient(settings, apiKey, FirstPause);
        _checks = new SequenceChecks(settings.File, MaximumLength + 1, tokenizer.VocabularySize);
    }

    public ModelIdentity Identity { get; }

    public Tokenizer? Tokenizer => _tokenizer;

    // A continuation's last token is part of the prompt here, unlike in a local engine.
    public int MaximumLength => _settings.ContextLength - GeneratedWithPrompt - 1;

    public int VocabularySize => _tokenizer.VocabularySize;

    public IReadOnlyList<int> EndOfTextIds => _tokenizer.EndOfSequence is { } id ? [id] : [];

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
        ServerAbilities abilities = RequirePromptScores("the rank of given next tokens (a cloze task)", cancellationToken);
        int most = requests.Count == 0 ? 0 : requests.Max(request => request.Top);
        if (abilities.Top < most)
            throw Refused($"the {most} most probable next tokens (a cloze task)", $"it lists {abilities.Top}");
        for (int index = 0; index < requests.Count; index++)
        {
            _checks.Ids(requests[index].Context.Span, "context", index);
            _checks.Length(requests[index].Context.Length + 1, index);
        }

        Count(requests.Select(request => request.Context.Length));
        CompletionReply[] replies = _client.Send(
            [.. requests.Select(request => new CompletionRequest(request.Context, 1, Logprobs: abilities.Top))], count => progress?.Report(count), cancellationToken);
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
        CompletionReply[] replies = _client.Send(
            [.. requests.Select(request => new CompletionRequest(
                request.Context, request.MaximumNewTokens, Logprobs: abilities.Top > 0 ? 1 : null, Stops: request.StopTexts))],
            count => progress?.Report(count), cancellationToken);
        Generation[] generations = [.. replies.Select(reply => new Generation(
            _tokenizer.Encode(reply.Text, addSpecialTokens: false), [.. reply.Generated?.Select(token => token.LogProbability ?? 0) ?? []],
            reply.FinishReason == "length" ? GenerationStop.Length : GenerationStop.StopText))];
        _tokensGenerated += generations.Sum(generation => generation.Ids.Count);
        return generations;
    }

    public void VisitLogits(ReadOnlyMemory<int> ids, LogitsVisitor visit, CancellationToken cancellationToken = default) =>
        throw Refused("rows of logits (divergence, gate score --logits)", "no completions endpoint does");

    public void Dispose() => _client.Dispose();

    private PromptScore[][] ScorePrompts(int[][] sequences, int[] first, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (sequences.Length == 0)
            return [];
        ServerAbilities abilities = RequirePromptScores("the log-probability of a given text (multiple choice, perplexity)", cancellationToken);
        Count(sequences.Select(ids => ids.Length));
        CompletionReply[] replies = _client.Send(
            [.. sequences.Select(ids => PromptScores.Request(ids, abilities.Dialect))], count => progress?.Report(count), cancellationToken);
        try
        {
            return [.. replies.Select((reply, index) => PromptScores.Read(reply, sequences[index], first[index], abilities.Dialect, _names))];
        }
        catch (ServerReplyException exception)
        {
            throw GateException.Input("GATE6005", $"{_settings.Url}: {exception.Message}", new SourceLocation(_settings.File), "Check the server's version and 'dialect'.", exception);
        }
    }

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
