using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>
/// The grids <c>value ≈ scale · code</c> with code in −32 … 31 of sixteen sub-blocks of 16; the scale takes the sign that puts the extreme on −32. Of 21 starting ranges, each refined by least
/// squares, the one of least squared error. Lanes and exact sums as in <see cref="AffineFit"/>.
/// </summary>
internal static class SymmetricFit
{
    /// <summary>Values of a sub-block.</summary>
    public const int Length = 16;

    private const int Levels = 32, Ranges = 21, Lanes = BlockCodes.Lanes;

    /// <summary>Finds the grids.</summary>
    /// <param name="values">[16, 16]: the values of sixteen sub-blocks side by side.</param>
    /// <param name="scales">Receives sixteen scales; 0 for a sub-block of zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Find(ReadOnlySpan<float> values, Span<float> scales)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Length * Lanes);
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector512<float> extreme = default;
        for (int at = 0; at < Length * Lanes; at += Lanes)
        {
            var x = Vector512.LoadUnsafe(ref first, (nuint)at);
            extreme = Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Abs(x), Vector512.Abs(extreme)), x, extreme);
        }

        Vector512<float> best = extreme / Vector512.Create((float)-Levels);
        Vector512<double> bestLow = Vector512.Create(double.PositiveInfinity), bestHigh = bestLow;
        for (int candidate = 0; candidate < Ranges; candidate++)
        {
            // Where all codes are 0 the scale is no number, nor is the error, and the best stays.
            Vector512<float> scale = Refit(ref first, extreme / Vector512.Create(-(Levels - 1 + (0.1f * candidate))));
            (Vector512<double> low, Vector512<double> high) = Errors(ref first, scale);
            Vector512<double> lowLess = Vector512.LessThan(low, bestLow), highLess = Vector512.LessThan(high, bestHigh);
            bestLow = Vector512.ConditionalSelect(lowLess, low, bestLow);
            bestHigh = Vector512.ConditionalSelect(highLess, high, bestHigh);
            best = Vector512.ConditionalSelect(Vector512.Narrow(lowLess.AsInt64(), highLess.AsInt64()).AsSingle(), scale, best);
        }

        Vector512.ConditionalSelect(Vector512.Equals(extreme, Vector512<float>.Zero), Vector512<float>.Zero, best).CopyTo(scales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Code(Vector512<float> x, Vector512<float> scale) => BlockCodes.Nearest(x / scale, -Levels, Levels - 1);

    // Least squares for the scale with the codes held.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Refit(ref float values, Vector512<float> scale)
    {
        Vector512<float> squares = default;
        Vector512<double> lowProduct = default, highProduct = default;
        for (int at = 0; at < Length * Lanes; at += Lanes)
        {
            var x = Vector512.LoadUnsafe(ref values, (nuint)at);
            Vector512<float> code = Code(x, scale);
            squares = Vector512.FusedMultiplyAdd(code, code, squares);
            lowProduct = Vector512.FusedMultiplyAdd(WideLanes.Of(code.GetLower()), WideLanes.Of(x.GetLower()), lowProduct);
            highProduct = Vector512.FusedMultiplyAdd(WideLanes.Of(code.GetUpper()), WideLanes.Of(x.GetUpper()), highProduct);
        }

        return Vector512.Narrow(lowProduct / WideLanes.Of(squares.GetLower()), highProduct / WideLanes.Of(squares.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Vector512<double> Low, Vector512<double> High) Errors(ref float values, Vector512<float> scale)
    {
        Vector512<double> low = default, high = default;
        for (int at = 0; at < Length * Lanes; at += Lanes)
        {
            var x = Vector512.LoadUnsafe(ref values, (nuint)at);
            Vector512<float> difference = x - (scale * Code(x, scale));
            Vector512<double> lower = WideLanes.Of(difference.GetLower()), upper = WideLanes.Of(difference.GetUpper());
            low = Vector512.FusedMultiplyAdd(lower, lower, low);
            high = Vector512.FusedMultiplyAdd(upper, upper, high);
        }

        return (low, high);
    }
}
