using Gate.Compression.Quantization;

namespace Gate.Compression.Pruning;

/// <summary>What SparseGPT made of a layer.</summary>
/// <param name="Weights">The new weights, row-major.</param>
/// <param name="Mask">True = pruned. A kept weight that rounds to 0 is not in it.</param>
/// <param name="Quantized">Codes and grids, when weights were rounded to one.</param>
/// <param name="Loss">½ Σ e² over all columns.</param>
public sealed record SparseGptResult(float[] Weights, bool[] Mask, QuantizedMatrix? Quantized, double Loss);
