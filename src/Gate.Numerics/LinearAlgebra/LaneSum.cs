using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// Sums of the lanes of a vector in one written-out order: upper half onto lower half, again, then (0 + 2) + (1 + 3). The platform's own
/// horizontal sums differ between vector widths.
/// </summary>
internal static class LaneSum
{
    /// <summary>Sum of sixteen lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Vector512<float> v)
    {
        Vector256<float> quarter = v.GetLower() + v.GetUpper();
        Vector128<float> eighth = quarter.GetLower() + quarter.GetUpper();
        return (eighth[0] + eighth[2]) + (eighth[1] + eighth[3]);
    }

    /// <summary>Sum of eight lanes: upper half onto lower half, then (0 + 2) + (1 + 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Fold(Vector512<double> v)
    {
        Vector256<double> quarter = v.GetLower() + v.GetUpper();
        return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
    }

    /// <summary>The scalar twin for sixteen lanes.</summary>
    public static float Fold(ReadOnlySpan<float> lanes)
    {
        Span<float> eighth = stackalloc float[4];
        for (int i = 0; i < 4; i++)
            eighth[i] = (lanes[i] + lanes[i + 8]) + (lanes[i + 4] + lanes[i + 12]);
        return (eighth[0] + eighth[2]) + (eighth[1] + eighth[3]);
    }

    /// <summary>The scalar twin for eight lanes.</summary>
    public static double Fold(ReadOnlySpan<double> lanes)
    {
        Span<double> quarter = stackalloc double[4];
        for (int i = 0; i < 4; i++)
            quarter[i] = lanes[i] + lanes[i + 4];
        return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
    }
}
