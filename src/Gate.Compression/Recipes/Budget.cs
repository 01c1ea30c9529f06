namespace Gate.Compression.Recipes;

/// <summary>How small the candidate must get; exactly one is set.</summary>
/// <param name="CompressionRate">Least theoretical compression rate TCr, in [0, 1).</param>
/// <param name="BitsPerWeight">Most real bits per weight of the compressed layers, scales, zeros and masks included.</param>
/// <param name="Bytes">Most bytes of the whole candidate in packed form.</param>
public sealed record Budget(double? CompressionRate, double? BitsPerWeight, long? Bytes);
