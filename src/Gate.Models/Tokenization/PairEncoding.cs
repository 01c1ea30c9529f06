namespace Gate.Models.Tokenization;

/// <summary>One or two texts as one sequence.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="TypeIds">For each token the segment it belongs to, as encoders with segment embeddings want it.</param>
public sealed record PairEncoding(int[] Ids, int[] TypeIds);
