using Gate.Models.Blueprints;
using Gate.Models.Questions;
using Gate.Models.Tokenization;

namespace Gate.Models.Inference;

/// <summary>
/// A language model as evaluation sees it. A task never knows whether the answer came from the managed engine, a CUDA engine or a server.
/// Results come in the order of the requests and do not depend on what else is asked at the same time.
/// </summary>
public interface ILanguageModel : IDisposable
{
    /// <summary>What the model is: stable across machines, part of every cache key.</summary>
    ModelIdentity Identity { get; }

    /// <summary>The model's tokenizer, or null when its folder has none.</summary>
    Tokenizer? Tokenizer { get; }

    /// <summary>The longest sequence the model can see, in tokens.</summary>
    int MaximumLength { get; }

    /// <summary>Width of the logits.</summary>
    int VocabularySize { get; }

    /// <summary>Ids that end a text according to the model's configuration; may be empty.</summary>
    IReadOnlyList<int> EndOfTextIds { get; }

    /// <summary>What it can be asked.</summary>
    ModelKind Kind { get; }

    /// <summary>What was computed so far.</summary>
    InferenceCounters Counters { get; }

    /// <summary>Log-likelihoods of continuations. Requests that share a prefix share its computation. Of a masked model these are pseudo-log-likelihoods:
    /// every token of the continuation is masked in turn (Salazar et al., 2020).</summary>
    /// <param name="requests">Each with at least one context and one continuation token, at most <see cref="MaximumLength"/> + 1 together.</param>
    /// <param name="progress">Told the number of requests finished so far.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    IReadOnlyList<ContinuationScore> ScoreContinuations(
        IReadOnlyList<ContinuationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Distributions of the next token.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3095): a masked model, which has none.</exception>
    IReadOnlyList<NextTokenScores> ScoreNextTokens(
        IReadOnlyList<NextTokenRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Distributions of masked tokens.</summary>
    /// <param name="requests">Texts of at most <see cref="MaximumLength"/> tokens.</param>
    /// <param name="progress">Told the number of requests finished so far.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3095): a model that is not masked.</exception>
    IReadOnlyList<NextTokenScores> ScoreMasks(
        IReadOnlyList<MaskRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Greedy generations (arg-max, lowest id on ties).</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3095): a masked model, which generates nothing.</exception>
    IReadOnlyList<Generation> Generate(
        IReadOnlyList<GenerationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Shows the logits of every position of one sequence, in order.</summary>
    /// <param name="request">The sequence.</param>
    /// <param name="visit">Receives the position and the row of <see cref="VocabularySize"/> logits; the span is valid during the call only.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    void VisitLogits(LogitsRequest request, LogitsVisitor visit, CancellationToken cancellationToken = default);
}

/// <summary>What a model is, by content.</summary>
/// <param name="Family">Architecture family, for example <c>llama</c>.</param>
/// <param name="WeightsHash">SHA-256 of names, formats, shapes and bytes of the weights.</param>
/// <param name="ConfigurationHash">SHA-256 of the parts of the configuration that decide the arithmetic.</param>
/// <param name="TokenizerHash">SHA-256 of the tokenizer, or an empty text.</param>
/// <param name="Engine">Engine and numerics revision, for example <c>managed/1</c>.</param>
public sealed record ModelIdentity(string Family, string WeightsHash, string ConfigurationHash, string TokenizerHash, string Engine);

/// <summary>Work done so far by a model.</summary>
/// <param name="TokensRequested">Tokens of all requests, counted naively.</param>
/// <param name="TokensComputed">Tokens that really went through the blocks: distinct tokens of the prefix trees.</param>
/// <param name="TokensGenerated">Tokens produced by generation.</param>
public readonly record struct InferenceCounters(long TokensRequested, long TokensComputed, long TokensGenerated);
