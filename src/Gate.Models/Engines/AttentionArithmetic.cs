using Gate.Models.Blueprints;

namespace Gate.Models.Engines;

/// <summary>An attention as an engine computes it: its shape, and what its scores depend on besides queries and keys.</summary>
/// <param name="Attention">Heads, scale, window and what a token sees.</param>
internal sealed record AttentionArithmetic(Attention Attention)
{
    /// <summary>One slope for each head (ALiBi), or empty.</summary>
    public ReadOnlyMemory<float> Slopes { get; init; }

    /// <summary>Biases by head and distance, or null.</summary>
    public DistanceBiases? Biases { get; init; }

    /// <summary>One score for each head that takes part in the softmax and gives nothing, or empty.</summary>
    public ReadOnlyMemory<float> Sinks { get; init; }
}

/// <summary>Biases that are added to scores, by head and by key position − query position.</summary>
/// <param name="Values">[heads, 2 · <paramref name="Reach"/> + 1].</param>
/// <param name="Reach">Largest distance there is a value for, to either side.</param>
internal sealed record DistanceBiases(float[] Values, int Reach)
{
    /// <summary>The biases of one head.</summary>
    public ReadOnlyMemory<float> Of(int head) => Values.AsMemory(head * ((2 * Reach) + 1), (2 * Reach) + 1);
}
