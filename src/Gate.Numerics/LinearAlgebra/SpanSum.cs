using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Σ xᵢ in binary32 in one fixed order: 32 lanes, halves added, folded as in <see cref="LaneSum"/>, then the rest one by one.</summary>
public static class SpanSum
{
    private const int Lanes = 32;

    /// <summary>The sum.</summary>
    /// <param name="x">Terms; none give 0.</param>
    public static float Sum(ReadOnlySpan<float> x)
    {
        if (!Vector128.IsHardwareAccelerated)
            return SumScalar(x);
        ref float a = ref MemoryMarshal.GetReference(x);
        Vector512<float> s0 = default, s1 = default;
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            s0 += Vector512.LoadUnsafe(ref a, (nuint)i);
            s1 += Vector512.LoadUnsafe(ref a, (nuint)i + 16);
        }

        float sum = LaneSum.Fold(s0 + s1);
        for (; i < x.Length; i++)
            sum += x[i];
        return sum;
    }

    /// <summary>The scalar twin: same shape, same bits.</summary>
    internal static float SumScalar(ReadOnlySpan<float> x)
    {
        Span<float> lanes = stackalloc float[Lanes];
        lanes.Clear();
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            for (int lane = 0; lane < Lanes; lane++)
                lanes[lane] += x[i + lane];
        }

        for (int lane = 0; lane < Lanes / 2; lane++)
            lanes[lane] += lanes[lane + (Lanes / 2)];
        float sum = LaneSum.Fold(lanes[..(Lanes / 2)]);
        for (; i < x.Length; i++)
            sum += x[i];
        return sum;
    }
}
