namespace Gate.Compression.Calibration;

/// <summary>What a calibrated method made of a layer.</summary>
/// <param name="Weights">The new weights, row-major.</param>
/// <param name="Mask">True = pruned, or null when nothing was pruned.</param>
/// <param name="OutputError">Relative squared output error on the calibration inputs.</param>
/// <param name="Fallback">What was done instead of what was asked, or null.</param>
public sealed record CalibratedResult(float[] Weights, bool[]? Mask, double OutputError, string? Fallback);
