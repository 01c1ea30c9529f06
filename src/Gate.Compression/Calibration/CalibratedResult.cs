using Gate.Compression.Quantization;

namespace Gate.Compression.Calibration;

/// <summary>What a calibrated method made of a layer.</summary>
/// <param name="Weights">The new weights, row-major.</param>
/// <param name="Mask">True = pruned, or null when nothing was pruned.</param>
/// <param name="Fallback">What was done instead of what was asked, or null.</param>
/// <param name="Quantized">Codes and grids, when weights were rounded to one.</param>
public sealed record CalibratedResult(float[] Weights, bool[]? Mask, string? Fallback, QuantizedMatrix? Quantized = null);
