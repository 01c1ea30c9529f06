namespace Gate.Compression.Quantization;

/// <summary>
/// Search of a narrower range that loses less: for i = 0 … <c>⌊shrink·steps⌋ − 1</c> both ends are multiplied by 1 − i/steps, and the first with the
/// strictly smallest <c>Σ|ŵ − w|^exponent</c> is kept (the reference quantiser's <c>mse</c> option).
/// </summary>
/// <param name="Exponent">Exponent of the error.</param>
/// <param name="Steps">Steps from the whole range to none.</param>
/// <param name="Shrink">How far the range may shrink, a share.</param>
public sealed record GridClipping(double Exponent = 2.4, int Steps = 100, double Shrink = 0.8);
