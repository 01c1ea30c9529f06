using System.Collections.Immutable;

namespace Gate.Evaluation.Tasks;

/// <summary>One sequence a model is given for an item.</summary>
/// <param name="Continuation">The text whose probability is asked for behind the prompt; null when the model answers freely.</param>
/// <param name="PromptIds">Ids of the prompt, special tokens included.</param>
/// <param name="ContinuationIds">Ids of the continuation.</param>
public sealed record AskedSequence(string? Continuation, ImmutableArray<int> PromptIds, ImmutableArray<int> ContinuationIds);
