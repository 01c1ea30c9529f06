using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// Σ xᵢ·yᵢ in binary32 with one fixed order on every machine: 32 lanes of fused multiply-add, the two halves added, the sixteen sums folded
/// as in <see cref="LaneSum"/>, the remaining fewer than 32 products fused onto the result one after the other.
/// </summary>
public static class DotProduct
{
    private const int Lanes = 32;

    /// <summary>The dot product.</summary>
    /// <param name="x">Left factors.</param>
    /// <param name="y">Right factors, as many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lengths differ.</exception>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        LengthCheck.RequireEqual(x.Length, y.Length);
        if (!Vector128.IsHardwareAccelerated)
            return DotScalar(x, y);
        return Dot(ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetReference(y), x.Length);
    }

    /// <summary>The vector body over <paramref name="length"/> elements from each reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Dot(ref float a, ref float b, int length)
    {
        Vector512<float> s0 = default, s1 = default;
        int i = 0;
        for (; i <= length - Lanes; i += Lanes)
        {
            nuint at = (nuint)i;
            s0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, at), Vector512.LoadUnsafe(ref b, at), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, at + 16), Vector512.LoadUnsafe(ref b, at + 16), s1);
        }

        float sum = LaneSum.Fold(s0 + s1);
        for (; i < length; i++)
            sum = MathF.FusedMultiplyAdd(Unsafe.Add(ref a, i), Unsafe.Add(ref b, i), sum);
        return sum;
    }

    /// <summary>The scalar twin: same shape, same bits.</summary>
    internal static float DotScalar(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Span<float> lanes = stackalloc float[Lanes];
        lanes.Clear();
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            for (int lane = 0; lane < Lanes; lane++)
                lanes[lane] = MathF.FusedMultiplyAdd(x[i + lane], y[i + lane], lanes[lane]);
        }

        for (int lane = 0; lane < Lanes / 2; lane++)
            lanes[lane] += lanes[lane + (Lanes / 2)];
        float sum = LaneSum.Fold(lanes[..(Lanes / 2)]);
        for (; i < x.Length; i++)
            sum = MathF.FusedMultiplyAdd(x[i], y[i], sum);
        return sum;
    }
}
