namespace Gate.Compression.Quantization;

/// <summary>What GPTQ made of a layer.</summary>
/// <param name="Matrix">Codes and grids, columns in their original order.</param>
/// <param name="Loss">½ Σ e² over all columns.</param>
public sealed record GptqResult(QuantizedMatrix Matrix, double Loss);
