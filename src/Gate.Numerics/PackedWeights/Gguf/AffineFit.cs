using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>
/// The grids <c>value ≈ scale · code − minimum</c> with code in 0 … 15 and minimum ≥ 0 (the format subtracts it) of sixteen sub-blocks of 32: of 21 starting ranges, each refined by least squares,
/// the one of least squared error.
/// </summary>
/// <remarks>
/// A lane is a sub-block, so every sum has the order in which one sub-block alone is summed, whatever the width of the vectors. Codes and their squares are summed in binary32, products in
/// binary64 by fused multiply-adds: all of these are exact. The 512 values stay in the first-level cache through all ranges. Measured on one thread: 5 million weights a second one value at
/// a time, 57 million so; products with reciprocals instead of divisions, where that changes no code, gained 5 % more and were left out.
/// </remarks>
internal static class AffineFit
{
    /// <summary>Values of a sub-block.</summary>
    public const int Length = 32;

    private const int Levels = 15, Ranges = 21, Lanes = BlockCodes.Lanes;

    /// <summary>Finds the grids.</summary>
    /// <param name="values">[32, 16]: the values of sixteen sub-blocks side by side.</param>
    /// <param name="scales">Receives sixteen scales; 0 for a sub-block of zeros.</param>
    /// <param name="minima">Receives sixteen minima.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Find(ReadOnlySpan<float> values, Span<float> scales, Span<float> minima)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Length * Lanes);
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector512<float> least = default, most = default;
        Vector512<double> lowSum = default, highSum = default;
        for (int at = 0; at < Length * Lanes; at += Lanes)
        {
            var x = Vector512.LoadUnsafe(ref first, (nuint)at);
            least = Vector512.MinNative(least, x);
            most = Vector512.MaxNative(most, x);
            lowSum += WideLanes.Of(x.GetLower());
            highSum += WideLanes.Of(x.GetUpper());
        }

        Vector512<float> range = most - least, bestMinimum = -least, bestScale = range / Vector512.Create((float)Levels);
        (Vector512<double> bestLow, Vector512<double> bestHigh) = Errors(ref first, bestScale, bestMinimum);
        for (int candidate = 0; candidate < Ranges; candidate++)
        {
            // Ranges from slightly wider to clearly narrower than the extremes: clipping two outliers often pays for all the others.
            Vector512<float> start = range / Vector512.Create(Levels - 1 + (0.1f * candidate));
            (Vector512<float> scale, Vector512<float> minimum) = Refit(ref first, start, -least, lowSum, highSum);
            (Vector512<double> low, Vector512<double> high) = Errors(ref first, scale, minimum);
            Vector512<double> lowLess = Vector512.LessThan(low, bestLow), highLess = Vector512.LessThan(high, bestHigh);
            bestLow = Vector512.ConditionalSelect(lowLess, low, bestLow);
            bestHigh = Vector512.ConditionalSelect(highLess, high, bestHigh);
            Vector512<float> less = Both(lowLess, highLess);
            bestScale = Vector512.ConditionalSelect(less, scale, bestScale);
            bestMinimum = Vector512.ConditionalSelect(less, minimum, bestMinimum);
        }

        Vector512<float> none = Vector512.Equals(most, least);
        Vector512.ConditionalSelect(none, Vector512<float>.Zero, bestScale).CopyTo(scales);
        Vector512.ConditionalSelect(none, -least, bestMinimum).CopyTo(minima);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Code(Vector512<float> x, Vector512<float> scale, Vector512<float> minimum) => BlockCodes.Nearest((x + minimum) / scale, 0, Levels);

    // Least squares for scale and minimum with the codes held; the grid as it is where that has no solution.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Vector512<float> Scale, Vector512<float> Minimum) Refit(
        ref float values, Vector512<float> scale, Vector512<float> minimum, Vector512<double> lowSum, Vector512<double> highSum)
    {
        Vector512<float> codes = default, squares = default;
        Vector512<double> lowProduct = default, highProduct = default;
        for (int at = 0; at < Length * Lanes; at += Lanes)
        {
            var x = Vector512.LoadUnsafe(ref values, (nuint)at);
            Vector512<float> code = Code(x, scale, minimum);
            codes += code;
            squares = Vector512.FusedMultiplyAdd(code, code, squares);
            lowProduct = Vector512.FusedMultiplyAdd(WideLanes.Of(code.GetLower()), WideLanes.Of(x.GetLower()), lowProduct);
            highProduct = Vector512.FusedMultiplyAdd(WideLanes.Of(code.GetUpper()), WideLanes.Of(x.GetUpper()), highProduct);
        }

        (Vector512<double> lowScale, Vector512<double> lowMinimum, Vector512<double> lowSolved) =
            Solve(WideLanes.Of(codes.GetLower()), WideLanes.Of(squares.GetLower()), lowSum, lowProduct);
        (Vector512<double> highScale, Vector512<double> highMinimum, Vector512<double> highSolved) =
            Solve(WideLanes.Of(codes.GetUpper()), WideLanes.Of(squares.GetUpper()), highSum, highProduct);
        Vector512<float> solved = Both(lowSolved, highSolved);
        return (Vector512.ConditionalSelect(solved, Vector512.Narrow(lowScale, highScale), scale),
            Vector512.ConditionalSelect(solved, Vector512.Narrow(lowMinimum, highMinimum), minimum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> Scale, Vector512<double> Minimum, Vector512<double> Solved) Solve(
        Vector512<double> codes, Vector512<double> squares, Vector512<double> sum, Vector512<double> product)
    {
        var count = Vector512.Create((double)Length);
        Vector512<double> determinant = (count * squares) - (codes * codes);
        Vector512<double> scale = ((count * product) - (codes * sum)) / determinant;
        Vector512<double> minimum = -((squares * sum) - (codes * product)) / determinant;
        Vector512<double> negative = Vector512.LessThan(minimum, Vector512<double>.Zero);
        scale = Vector512.ConditionalSelect(negative, product / squares, scale);
        minimum = Vector512.ConditionalSelect(negative, Vector512<double>.Zero, minimum);
        return (scale, minimum, Vector512.GreaterThan(determinant, Vector512<double>.Zero) & Vector512.GreaterThan(scale, Vector512<double>.Zero));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Vector512<double> Low, Vector512<double> High) Errors(ref float values, Vector512<float> scale, Vector512<float> minimum)
    {
        Vector512<double> low = default, high = default;
        for (int at = 0; at < Length * Lanes; at += Lanes)
        {
            var x = Vector512.LoadUnsafe(ref values, (nuint)at);
            Vector512<float> difference = x - ((scale * Code(x, scale, minimum)) - minimum);
            Vector512<double> lower = WideLanes.Of(difference.GetLower()), upper = WideLanes.Of(difference.GetUpper());
            low = Vector512.FusedMultiplyAdd(lower, lower, low);
            high = Vector512.FusedMultiplyAdd(upper, upper, high);
        }

        return (low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Both(Vector512<double> low, Vector512<double> high) => Vector512.Narrow(low.AsInt64(), high.AsInt64()).AsSingle();
}
