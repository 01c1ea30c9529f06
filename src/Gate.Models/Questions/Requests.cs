namespace Gate.Models.Questions;

/// <summary>Asks for the log-likelihood of a continuation given a context. Of an encoder–decoder the encoder reads the context, and the decoder scores
/// the continuation behind its start token.</summary>
/// <param name="Context">Token ids before the continuation; at least one.</param>
/// <param name="Continuation">Token ids to score; at least one.</param>
public sealed record ContinuationRequest(ReadOnlyMemory<int> Context, ReadOnlyMemory<int> Continuation);

/// <summary>Asks for the logits of every position of a sequence.</summary>
/// <param name="Ids">The sequence; of an encoder–decoder what the decoder reads, its start token among it.</param>
public sealed record LogitsRequest(ReadOnlyMemory<int> Ids)
{
    /// <summary>What the encoder of an encoder–decoder reads; empty for other models.</summary>
    public ReadOnlyMemory<int> EncoderIds { get; init; }

    /// <summary>Segment type of each token of a masked model (BERT's first and second text); empty where all are of the first.</summary>
    public ReadOnlyMemory<int> Types { get; init; }
}

/// <summary>The answer to a <see cref="ContinuationRequest"/>.</summary>
/// <param name="LogProbabilities">Natural-log probability of each continuation token given everything before it.</param>
/// <param name="IsGreedy">Whether every continuation token is the arg-max at its position (lowest id on ties).</param>
public sealed record ContinuationScore(IReadOnlyList<double> LogProbabilities, bool IsGreedy)
{
    /// <summary>The sum of <see cref="LogProbabilities"/>; NaN when any is not finite.</summary>
    public double LogLikelihood { get; } = LogProbabilities.Sum();
}

/// <summary>Asks for the distribution of the next token after a context, as far as it is needed.</summary>
/// <param name="Context">Token ids; at least one.</param>
/// <param name="Targets">Ids whose log-probability and rank in the whole vocabulary are wanted.</param>
/// <param name="Top">How many of the most probable tokens are wanted.</param>
public sealed record NextTokenRequest(ReadOnlyMemory<int> Context, ReadOnlyMemory<int> Targets, int Top)
{
    /// <summary>What the decoder of an encoder–decoder has said already, behind its start token (such as a sentinel of T5); empty for other models.</summary>
    public ReadOnlyMemory<int> DecoderContext { get; init; }
}

/// <summary>Asks a masked model for the distribution of one token of a text.</summary>
/// <param name="Ids">The whole text, masks among it.</param>
/// <param name="Position">Position of the token that is asked for, as a rule a mask.</param>
/// <param name="Targets">Ids whose log-probability and rank in the whole vocabulary are wanted.</param>
/// <param name="Top">How many of the most probable tokens are wanted.</param>
public sealed record MaskRequest(ReadOnlyMemory<int> Ids, int Position, ReadOnlyMemory<int> Targets, int Top);

/// <summary>The answer to a <see cref="NextTokenRequest"/>. When a logit is NaN or +∞ there is no distribution: every log-probability is NaN, every
/// target ranks last, and the best ids are just the lowest.</summary>
/// <param name="TargetLogProbabilities">Natural-log probability of each target.</param>
/// <param name="TargetRanks">Rank of each target in the whole vocabulary, 1 = most probable, ties to the lower id.</param>
/// <param name="TopIds">The most probable ids, best first, ties to the lower id.</param>
/// <param name="TopLogProbabilities">Their natural-log probabilities.</param>
public sealed record NextTokenScores(
    IReadOnlyList<double> TargetLogProbabilities, IReadOnlyList<int> TargetRanks,
    IReadOnlyList<int> TopIds, IReadOnlyList<double> TopLogProbabilities)
{
    /// <summary>Ranks up to this one are exact; a larger one only says that the target ranks behind it (servers list few tokens).</summary>
    public int ExactRanks { get; init; } = int.MaxValue;
}

/// <summary>Asks for greedy generation after a context.</summary>
/// <param name="Context">Token ids; at least one.</param>
/// <param name="MaximumNewTokens">Upper bound of generated tokens.</param>
/// <param name="StopIds">Ids that end the generation; the stop id is not part of the answer.</param>
/// <param name="StopTexts">Texts that end the generation as soon as the decoded answer contains one (needs a tokenizer).</param>
public sealed record GenerationRequest(
    ReadOnlyMemory<int> Context, int MaximumNewTokens, IReadOnlyList<int> StopIds, IReadOnlyList<string> StopTexts)
{
    /// <summary>What the decoder of an encoder–decoder has said already, behind its start token; empty for other models.</summary>
    public ReadOnlyMemory<int> DecoderContext { get; init; }
}

/// <summary>Why a generation ended.</summary>
public enum GenerationStop
{
    /// <summary>A stop id was produced.</summary>
    StopId,

    /// <summary>A stop text appeared.</summary>
    StopText,

    /// <summary>The requested number of tokens was reached.</summary>
    Length,

    /// <summary>The model's context is full.</summary>
    ContextFull,

    /// <summary>The logits were not finite.</summary>
    NotFinite,
}

/// <summary>The answer to a <see cref="GenerationRequest"/>.</summary>
/// <param name="Ids">The generated ids, without the stop id.</param>
/// <param name="LogProbabilities">Natural-log probability of each generated token.</param>
/// <param name="Stop">Why it ended.</param>
public sealed record Generation(IReadOnlyList<int> Ids, IReadOnlyList<double> LogProbabilities, GenerationStop Stop);
