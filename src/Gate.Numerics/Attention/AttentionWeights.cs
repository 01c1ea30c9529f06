using Gate.Numerics.ElementaryFunctions;
using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.Attention;

/// <summary>The step from scores to weights that are not yet divided by their sum.</summary>
internal static class AttentionWeights
{
    private const int Lanes = 16;

    /// <summary>Applies soft cap and ALiBi, replaces each score by e^{score − max} and returns the sum of the weights.</summary>
    /// <param name="scores">Scaled dot products in position order.</param>
    /// <param name="shape">Options of the head.</param>
    /// <param name="queryIndex">Index of the query's own position in <paramref name="scores"/>.</param>
    public static float Compute(Span<float> scores, in AttentionShape shape, int queryIndex)
    {
        if (shape.SoftCap > 0)
        {
            for (int i = 0; i < scores.Length; i++)
                scores[i] /= shape.SoftCap;
            HyperbolicTangent.Apply(scores, scores);
            for (int i = 0; i < scores.Length; i++)
                scores[i] *= shape.SoftCap;
        }

        if (shape.AlibiSlope != 0)
        {
            for (int i = 0; i < scores.Length; i++)
                scores[i] = MathF.FusedMultiplyAdd(shape.AlibiSlope, i - queryIndex, scores[i]);
        }

        float max = float.NegativeInfinity;
        foreach (float score in scores)
            max = Math.Max(max, score);
        for (int i = 0; i < scores.Length; i++)
            scores[i] -= max;
        Exponential.Apply(scores, scores);
        Span<float> lanes = stackalloc float[Lanes];
        lanes.Clear();
        for (int i = 0; i < scores.Length; i++)
            lanes[i % Lanes] += scores[i];
        return LaneSum.Fold(lanes);
    }
}
