using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.ElementaryFunctions;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Softmax;

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
            SoftCap.Apply(scores, shape.SoftCap);
        if (shape.AlibiSlope != 0)
        {
            for (int i = 0; i < scores.Length; i++)
                scores[i] = MathF.FusedMultiplyAdd(shape.AlibiSlope, i - queryIndex, scores[i]);
        }

        if (!shape.PositionBias.IsEmpty)
        {
            ReadOnlySpan<float> biases = shape.PositionBias.Span.Slice((shape.PositionBias.Length / 2) - queryIndex, scores.Length);
            for (int i = 0; i < scores.Length; i++)
                scores[i] += biases[i];
        }

        float largest = shape.Sink ?? float.NegativeInfinity;
        float sum = Vector128.IsHardwareAccelerated ? ExponentiateVector(scores, ref largest) : ExponentiateScalar(scores, ref largest);
        return shape.Sink is { } sink ? sum + Exponential.Evaluate(sink - largest) : sum;
    }

    /// <summary>Replaces scores by e^{score − max}; the sum runs over sixteen lanes by index: the vector body.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe float ExponentiateVector(Span<float> scores, ref float max)
    {
        int whole = scores.Length & ~(Lanes - 1);
        fixed (float* values = scores)
        {
            Vector512<float> maxima = Vector512.Create(float.NegativeInfinity);
            for (int i = 0; i < whole; i += Lanes)
                maxima = Vector512.Max(maxima, Vector512.Load(values + i));
            float* tail = stackalloc float[Lanes];
            maxima.Store(tail);
            max = Largest(new ReadOnlySpan<float>(tail, Lanes), Largest(scores[whole..], max));

            Vector512<float> sums = default, shift = Vector512.Create(max);
            for (int i = 0; i < whole; i += Lanes)
            {
                Vector512<float> weight = Exponential.Evaluate(Vector512.Load(values + i) - shift);
                weight.Store(values + i);
                sums += weight;
            }

            new Span<float>(tail, Lanes).Clear();
            for (int i = whole; i < scores.Length; i++)
                tail[i - whole] = values[i] = Exponential.Evaluate(values[i] - max);
            return LaneSum.Fold(sums + Vector512.Load(tail));
        }
    }

    /// <summary>The scalar twin: same shape, same bits.</summary>
    internal static float ExponentiateScalar(Span<float> scores, ref float max)
    {
        max = Largest(scores, max);
        Span<float> lanes = stackalloc float[Lanes];
        lanes.Clear();
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = Exponential.Evaluate(scores[i] - max);
            lanes[i % Lanes] += scores[i];
        }

        return LaneSum.Fold(lanes);
    }

    private static float Largest(ReadOnlySpan<float> values, float atLeast)
    {
        foreach (float value in values)
            atLeast = Math.Max(atLeast, value);
        return atLeast;
    }
}
