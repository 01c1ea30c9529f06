using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.ElementaryFunctions;
using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.Softmax;

/// <summary>
/// ln Σ e^{xᵢ} in binary64: shifted by the largest element, exponentials and sum in binary64, eight lanes folded in one fixed order. The
/// log-probability of element i is xᵢ − result.
/// </summary>
public static class LogSumExp
{
    private const int Lanes = 8;

    /// <summary>The log of the sum of exponentials.</summary>
    /// <param name="logits">Any values; none give −∞.</param>
    /// <returns>NaN when any element is NaN; otherwise +∞ when one is +∞, and −∞ when all are −∞.</returns>
    public static double Compute(ReadOnlySpan<float> logits)
    {
        (float max, bool hasNaN) = ArgMax.Largest(logits);
        if (hasNaN)
            return double.NaN;
        if (float.IsInfinity(max))
            return max;
        double sum = Vector128.IsHardwareAccelerated ? SumVector(logits, max) : SumScalar(logits, max);
        return max + LogarithmDouble.Evaluate(sum);
    }

    /// <summary>Σ e^{xᵢ − max}: the vector body.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double SumVector(ReadOnlySpan<float> logits, float max)
    {
        ref float a = ref MemoryMarshal.GetReference(logits);
        Vector512<double> sums = default, shift = Vector512.Create((double)max);
        int i = 0;
        for (; i <= logits.Length - Lanes; i += Lanes)
            sums += ExponentialDouble.Evaluate(WideLanes.Load(ref a, i) - shift);

        double sum = LaneSum.Fold(sums);
        for (; i < logits.Length; i++)
            sum += ExponentialDouble.Evaluate((double)logits[i] - max);
        return sum;
    }

    /// <summary>The scalar twin: same shape, same bits.</summary>
    internal static double SumScalar(ReadOnlySpan<float> logits, float max)
    {
        Span<double> sums = stackalloc double[Lanes];
        sums.Clear();
        int i = 0;
        for (; i <= logits.Length - Lanes; i += Lanes)
        {
            for (int lane = 0; lane < Lanes; lane++)
                sums[lane] += ExponentialDouble.Evaluate((double)logits[i + lane] - max);
        }

        double sum = LaneSum.Fold(sums);
        for (; i < logits.Length; i++)
            sum += ExponentialDouble.Evaluate((double)logits[i] - max);
        return sum;
    }
}
