using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.ElementaryFunctions;
using Gate.Numerics.Memory;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// Σ |x|ⁿ in binary64, the n-th power of the Lₙ norm, or max |x| for n = ∞. A run is summed in eight lanes folded as in <see cref="LaneSum"/>, then what is
/// left one by one: the same bits whatever the width of the machine's vectors.
/// </summary>
public static class NormSums
{
    private const int Lanes = 8;

    /// <summary>The sum over a run.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="order">n: a positive number or positive infinity.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Of(ReadOnlySpan<float> values, double order)
    {
        RequireOrder(order);
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector512<double> lanes = default;
        int i = 0;
        if (order is 1 or 2 || double.IsPositiveInfinity(order))
        {
            for (; i <= values.Length - Lanes; i += Lanes)
                lanes = Joined(lanes, WideLanes.Load(ref first, i), order);
        }

        double sum = double.IsPositiveInfinity(order) ? Largest(lanes) : LaneSum.Fold(lanes);
        for (; i < values.Length; i++)
            sum = Joined(sum, values[i], order);
        return sum;
    }

    /// <summary>Adds each value's part to the sum of its place: sums[i] += |values[i]|ⁿ.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="order">n: a positive number or positive infinity.</param>
    /// <param name="sums">As many; start at 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(ReadOnlySpan<float> values, double order, Span<double> sums)
    {
        RequireOrder(order);
        LengthCheck.RequireEqual(values.Length, sums.Length);
        ref float first = ref MemoryMarshal.GetReference(values);
        ref double to = ref MemoryMarshal.GetReference(sums);
        int i = 0;
        if (order is 1 or 2 || double.IsPositiveInfinity(order))
        {
            for (; i <= values.Length - Lanes; i += Lanes)
                Joined(Vector512.LoadUnsafe(ref to, (nuint)i), WideLanes.Load(ref first, i), order).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < values.Length; i++)
            sums[i] = Joined(sums[i], values[i], order);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Joined(Vector512<double> sums, Vector512<double> values, double order) =>
        order == 1 ? sums + Vector512.Abs(values)
        : order == 2 ? Vector512.FusedMultiplyAdd(values, values, sums)
        : Vector512.Max(sums, Vector512.Abs(values));

    private static double Joined(double sum, double value, double order) =>
        order == 1 ? sum + Math.Abs(value)
        : order == 2 ? Math.FusedMultiplyAdd(value, value, sum)
        : double.IsPositiveInfinity(order) ? Math.Max(sum, Math.Abs(value))
        : sum + ExponentialDouble.Evaluate(order * LogarithmDouble.Evaluate(Math.Abs(value)));

    private static double Largest(Vector512<double> lanes)
    {
        double largest = 0;
        for (int lane = 0; lane < Lanes; lane++)
            largest = Math.Max(largest, lanes[lane]);
        return largest;
    }

    private static void RequireOrder(double order)
    {
        if (!(order > 0))
            throw new ArgumentOutOfRangeException(nameof(order), order, "The order of a norm is positive.");
    }
}
