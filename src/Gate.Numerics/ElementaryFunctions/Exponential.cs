using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.ElementaryFunctions;

/// <summary>
/// eˣ in binary32 with fixed steps, within about one unit in the last place, the same bits on every machine. Overflow gives +∞, underflow
/// goes through the subnormals to +0, NaN stays NaN.
/// </summary>
/// <remarks>
/// x = n·ln 2 + r with n the nearest integer and |r| ≤ ½ ln 2; eʳ by its series to the seventh power (truncation below 5·10⁻⁹ relative); the
/// factor 2ⁿ is applied as two powers of two, so that results at both ends of the range are rounded once.
/// </remarks>
public readonly struct Exponential : IElementwiseFunction
{
    private const float Log2OfE = 1.44269504f;
    private const float Ln2High = 0.693145752f;        // 15 significant bits: n·Ln2High is exact
    private const float Ln2Low = 1.42860677e-6f;
    private const float Rounder = 12582912f;           // 1.5·2^23: adding it rounds to the nearest integer
    private const float Largest = 89f;                 // above ln of the largest float: infinity
    private const float Smallest = -104f;              // below ln of half the smallest subnormal: zero
    private const float C2 = 1f / 2, C3 = 1f / 6, C4 = 1f / 24, C5 = 1f / 120, C6 = 1f / 720, C7 = 1f / 5040;

    /// <summary>destination[i] = e^source[i].</summary>
    /// <param name="source">Arguments.</param>
    /// <param name="destination">At least as long; may be the same memory.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Apply(ReadOnlySpan<float> source, Span<float> destination) =>
        Elementwise.Apply<Exponential>(source, destination);

    /// <summary>eˣ of one number: the scalar twin.</summary>
    /// <param name="x">Any value.</param>
    public static float Evaluate(float x)
    {
        if (float.IsNaN(x))
            return x;
        float clamped = Math.Min(Math.Max(x, Smallest), Largest);
        float shifted = MathF.FusedMultiplyAdd(clamped, Log2OfE, Rounder);
        float n = shifted - Rounder;
        float r = MathF.FusedMultiplyAdd(n, -Ln2High, clamped);
        r = MathF.FusedMultiplyAdd(n, -Ln2Low, r);
        float p = MathF.FusedMultiplyAdd(C7, r, C6);
        p = MathF.FusedMultiplyAdd(p, r, C5);
        p = MathF.FusedMultiplyAdd(p, r, C4);
        p = MathF.FusedMultiplyAdd(p, r, C3);
        p = MathF.FusedMultiplyAdd(p, r, C2);
        p = MathF.FusedMultiplyAdd(p, r, 1f);
        p = MathF.FusedMultiplyAdd(p, r, 1f);
        int exponent = (int)n;
        int half = exponent >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>eˣ of sixteen numbers.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x)
    {
        Vector512<float> isNumber = Vector512.Equals(x, x);
        Vector512<float> clamped = Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512.Create(Smallest)), x, Vector512.Create(Smallest));
        clamped = Vector512.ConditionalSelect(Vector512.LessThan(clamped, Vector512.Create(Largest)), clamped, Vector512.Create(Largest));
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(clamped, Vector512.Create(Log2OfE), Vector512.Create(Rounder));
        Vector512<float> n = shifted - Vector512.Create(Rounder);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(C7), r, Vector512.Create(C6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C4));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C3));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C2));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        Vector512<int> exponent = shifted.AsInt32() - Vector512.Create(Rounder).AsInt32();
        Vector512<int> half = exponent >> 1;
        Vector512<float> result = p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
        return Vector512.ConditionalSelect(isNumber, result, x);
    }

    private static float PowerOfTwo(int exponent) => BitConverter.Int32BitsToSingle((exponent + 127) << 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> exponent) => ((exponent + Vector512.Create(127)) << 23).AsSingle();
}
