using Gate.Numerics.ElementaryFunctions;

namespace Gate.Numerics.Softmax;

/// <summary>Keeps scores within a bound (Gemma 2): cap · tanh(score / cap).</summary>
public static class SoftCap
{
    /// <summary>Replaces every score.</summary>
    /// <param name="scores">Any values.</param>
    /// <param name="cap">The bound, above 0.</param>
    public static void Apply(Span<float> scores, float cap)
    {
        for (int i = 0; i < scores.Length; i++)
            scores[i] /= cap;
        HyperbolicTangent.Apply(scores, scores);
        for (int i = 0; i < scores.Length; i++)
            scores[i] *= cap;
    }
}
