namespace Gate.Models.Inference.Scoring;

/// <summary>A sequence, and what the encoder reads for it.</summary>
/// <param name="Ids">Tokens of the stack that is asked.</param>
/// <param name="Source">Tokens for the encoder of an encoder–decoder; empty for other models.</param>
internal readonly record struct SourcedSequence(ReadOnlyMemory<int> Ids, ReadOnlyMemory<int> Source);
