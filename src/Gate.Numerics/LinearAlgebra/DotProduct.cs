using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// Σ xᵢ·yᵢ in binary32 with one fixed order on every machine: 32 lanes of fused multiply-add; when at least sixteen products remain, they go to
/// the first sixteen lanes; the two halves are added, the sixteen sums folded as in <see cref="LaneSum"/>; the remaining fewer than sixteen
/// products are fused onto the result one after the other.
/// </summary>
public static class DotProduct
{
    private const int Lanes = 32;
    private const int HalfLanes = Lanes / 2;

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
        float sum = LaneSum.Fold(LaneSums(ref a, ref b, length));
        for (int i = length & ~(HalfLanes - 1); i < length; i++)
            sum = MathF.FusedMultiplyAdd(Unsafe.Add(ref a, i), Unsafe.Add(ref b, i), sum);
        return sum;
    }

    /// <summary>The sixteen lanes before they are folded, over the largest multiple of sixteen elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> LaneSums(ref float a, ref float b, int length)
    {
        Vector512<float> s0 = default, s1 = default;
        int i = 0;
        for (; i <= length - Lanes; i += Lanes)
        {
            nuint at = (nuint)i;
            s0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, at), Vector512.LoadUnsafe(ref b, at), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, at + HalfLanes), Vector512.LoadUnsafe(ref b, at + HalfLanes), s1);
        }

        if (i <= length - HalfLanes)
            s0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, (nuint)i), Vector512.LoadUnsafe(ref b, (nuint)i), s0);
        return s0 + s1;
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

        for (int lane = 0; i <= x.Length - HalfLanes && lane < HalfLanes; lane++)
            lanes[lane] = MathF.FusedMultiplyAdd(x[i + lane], y[i + lane], lanes[lane]);
        i = x.Length & ~(HalfLanes - 1);
        for (int lane = 0; lane < HalfLanes; lane++)
            lanes[lane] += lanes[lane + HalfLanes];
        float sum = LaneSum.Fold(lanes[..HalfLanes]);
        for (; i < x.Length; i++)
            sum = MathF.FusedMultiplyAdd(x[i], y[i], sum);
        return sum;
    }
}
