namespace Gate.Models.Inference.Scoring;

/// <summary>A row of logits that is needed, and what for.</summary>
/// <param name="Sequence">Index of the sequence.</param>
/// <param name="Position">Position in it: the row predicts the token after this one.</param>
/// <param name="Targets">Ids whose log-probability and rank are wanted.</param>
/// <param name="Top">How many of the most probable ids are wanted.</param>
internal readonly record struct WantedRow(int Sequence, int Position, ReadOnlyMemory<int> Targets, int Top);
