namespace Gate.Compression.Recipes;

/// <summary>How small the candidate must get; exactly one is set.</summary>
/// <param name="CompressionRate">Least theoretical compression rate TCr, in [0, 1).</param>
/// <param name="BitsPerWeight">Most real bits per weight of the compressed layers, scales, zeros and masks included.</param>
/// <param name="Bytes">Most bytes of the whole candidate in packed form.</param>
/// <param name="Ratio">The same as a share of the dense model's bytes at 16 bit, above 0 and at most 1.</param>
public sealed record Budget(double? CompressionRate, double? BitsPerWeight, long? Bytes, double? Ratio = null)
{
    /// <summary>Most bytes of the whole candidate, or null when the budget counts something else.</summary>
    /// <param name="denseBytes">Bytes of all dense tensors at 16 bit.</param>
    public long? MostBytes(long denseBytes) => Ratio is { } ratio ? (long)Math.Floor((decimal)ratio * denseBytes) : Bytes;
}
