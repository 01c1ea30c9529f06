using Gate.Compression.Quantization;

namespace Gate.Compression;

/// <summary>What was made of one layer.</summary>
/// <param name="Weights">Row-major; the values of the compressed layer.</param>
/// <param name="Mask">True = pruned, or null when the layer is not pruned.</param>
/// <param name="Quantized">Codes and grids whose values <paramref name="Weights"/> are, or null when the layer is not quantised.</param>
/// <param name="OutputError">Relative squared output error on the calibration inputs, or null without calibration.</param>
/// <param name="Fallback">What was done instead of the recipe, or null.</param>
internal sealed record LayerResult(float[] Weights, bool[]? Mask, QuantizedMatrix? Quantized, double? OutputError = null, string? Fallback = null)
{
    /// <summary>The blocks whose values <see cref="Weights"/> are, or null when the layer is in no block format.</summary>
    public BlockMatrix? Blocks { get; init; }
}
