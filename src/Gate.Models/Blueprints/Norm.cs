namespace Gate.Models.Blueprints;

/// <summary>The two normalisations of transformer blocks.</summary>
internal enum NormKind
{
    /// <summary>x / √(mean(x²) + ε) · weight (Zhang and Sennrich, 2019).</summary>
    RootMeanSquare,

    /// <summary>(x − mean(x)) / √(variance(x) + ε) · weight + bias (Ba et al., 2016).</summary>
    Layer,
}

/// <summary>A normalisation over runs of <see cref="Width"/> values: whole rows, or heads of a row.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Weight">One factor for each value.</param>
/// <param name="Bias">One offset for each value, or null.</param>
/// <param name="Epsilon">Added to the mean square or variance.</param>
internal sealed record Norm(NormKind Kind, Vector Weight, Vector? Bias, float Epsilon)
{
    /// <summary>Added to every weight: 1 where checkpoints store the difference from 1 (Gemma).</summary>
    public float WeightOffset { get; init; }

    /// <summary>Values that are normalised together.</summary>
    public int Width => Weight.Length;
}
