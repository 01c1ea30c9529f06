using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.ElementaryFunctions;
using Gate.Numerics.Memory;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// Sums over a run of values and what became of them, in binary64: eight lanes of fused multiply-add folded as in <see cref="LaneSum"/>, the rest fused one by one. The same
/// bits whatever the width of the machine's vectors.
/// </summary>
public static class ErrorSums
{
    private const int Lanes = 8;

    /// <summary>Σ (after − before)² and Σ before².</summary>
    /// <param name="before">Values.</param>
    /// <param name="after">As many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Error, double Size) Squares(ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        LengthCheck.RequireEqual(before.Length, after.Length);
        ref float first = ref MemoryMarshal.GetReference(before);
        ref float second = ref MemoryMarshal.GetReference(after);
        Vector512<double> errors = default, sizes = default;
        int i = 0;
        for (; i <= before.Length - Lanes; i += Lanes)
        {
            Vector512<double> x = WideLanes.Load(ref first, i), difference = WideLanes.Load(ref second, i) - x;
            errors = Vector512.FusedMultiplyAdd(difference, difference, errors);
            sizes = Vector512.FusedMultiplyAdd(x, x, sizes);
        }

        double error = LaneSum.Fold(errors), size = LaneSum.Fold(sizes);
        for (; i < before.Length; i++)
        {
            double difference = (double)after[i] - before[i];
            error = Math.FusedMultiplyAdd(difference, difference, error);
            size = Math.FusedMultiplyAdd(before[i], before[i], size);
        }

        return (error, size);
    }

    /// <summary>
    /// Σ weight·(factor·y − x)², and Σ weight·x·y and Σ weight·y², whose quotient is the factor of the weighted least squares.
    /// </summary>
    /// <param name="weights">One for each value.</param>
    /// <param name="x">Values.</param>
    /// <param name="y">As many.</param>
    /// <param name="factor">What y is multiplied by, in binary32, before it is compared.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Error, double Product, double Square) WeightedFit(ReadOnlySpan<double> weights, ReadOnlySpan<float> x, ReadOnlySpan<float> y, float factor)
    {
        LengthCheck.RequireEqual(x.Length, y.Length);
        LengthCheck.RequireEqual(x.Length, weights.Length);
        ref double weight = ref MemoryMarshal.GetReference(weights);
        ref float first = ref MemoryMarshal.GetReference(x);
        ref float second = ref MemoryMarshal.GetReference(y);
        var factors = Vector256.Create(factor);
        Vector512<double> errors = default, products = default, squares = default;
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            var elements = Vector256.LoadUnsafe(ref second, (nuint)i);
            Vector512<double> w = Vector512.LoadUnsafe(ref weight, (nuint)i), wide = WideLanes.Of(Vector256.LoadUnsafe(ref first, (nuint)i));
            Vector512<double> difference = WideLanes.Of(factors * elements) - wide, element = WideLanes.Of(elements), weighted = w * element;
            errors = Vector512.FusedMultiplyAdd(w * difference, difference, errors);
            products = Vector512.FusedMultiplyAdd(weighted, wide, products);
            squares = Vector512.FusedMultiplyAdd(weighted, element, squares);
        }

        double error = LaneSum.Fold(errors), product = LaneSum.Fold(products), square = LaneSum.Fold(squares);
        for (; i < x.Length; i++)
        {
            double difference = (double)(factor * y[i]) - x[i], weighted = weights[i] * y[i];
            error = Math.FusedMultiplyAdd(weights[i] * difference, difference, error);
            product = Math.FusedMultiplyAdd(weighted, x[i], product);
            square = Math.FusedMultiplyAdd(weighted, y[i], square);
        }

        return (error, product, square);
    }

    /// <summary>Σ (|after − before| / unit)^exponent, or any number that is at least <paramref name="enough"/> once the sum has reached that.</summary>
    /// <param name="before">Values, finite.</param>
    /// <param name="after">As many.</param>
    /// <param name="exponent">Positive.</param>
    /// <param name="unit">Positive, and at least the largest difference.</param>
    /// <param name="enough">Where the exact sum is of no more interest.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Powers(ReadOnlySpan<float> before, ReadOnlySpan<float> after, double exponent, double unit, double enough)
    {
        const int Piece = 64;
        LengthCheck.RequireEqual(before.Length, after.Length);
        ref float first = ref MemoryMarshal.GetReference(before);
        ref float second = ref MemoryMarshal.GetReference(after);
        double logarithm = LogarithmDouble.Evaluate(unit);
        var units = Vector512.Create(logarithm);
        Vector512<double> powers = Vector512.Create(exponent), sums = default;
        int i = 0;
        while (i <= before.Length - Lanes)
        {
            int end = Math.Min(i + Piece, before.Length);
            for (; i <= end - Lanes; i += Lanes)
            {
                Vector512<double> difference = Vector512.Abs(WideLanes.Load(ref second, i) - WideLanes.Load(ref first, i));
                sums += ExponentialDouble.Evaluate(powers * (LogarithmDouble.Evaluate(difference) - units));
            }

            if (LaneSum.Fold(sums) >= enough)
                return LaneSum.Fold(sums);
        }

        double sum = LaneSum.Fold(sums);
        for (; i < before.Length; i++)
            sum += ExponentialDouble.Evaluate(exponent * (LogarithmDouble.Evaluate(Math.Abs((double)after[i] - before[i])) - logarithm));
        return sum;
    }
}
