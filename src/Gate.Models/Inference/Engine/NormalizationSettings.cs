namespace Gate.Models.Inference.Engine;

/// <summary>The two normalisations of transformer blocks.</summary>
internal enum NormalizationKind
{
    /// <summary>x / √(mean(x²) + ε) · weight.</summary>
    RootMeanSquare,

    /// <summary>(x − mean(x)) / √(variance(x) + ε) · weight + bias.</summary>
    Layer,
}

/// <summary>A normalisation over rows.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Weight">One row of factors.</param>
/// <param name="Bias">One row of offsets, or null.</param>
/// <param name="Epsilon">Added to the mean square or variance.</param>
/// <param name="WeightOffset">Added to every weight (1 where checkpoints store the difference from 1).</param>
internal sealed record NormalizationSettings(
    NormalizationKind Kind, DeviceMatrix Weight, DeviceMatrix? Bias, float Epsilon, float WeightOffset = 0);
