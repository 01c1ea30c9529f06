using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.ElementaryFunctions;

/// <summary>
/// erf x = 2/√π ∫₀ˣ e^{−t²} dt in binary32 with fixed steps, within about two units in the last place, the same bits on every machine; odd,
/// ±1 at ±∞, NaN stays NaN, the sign of zero is kept.
/// </summary>
/// <remarks>
/// Below |x| = 1 an odd polynomial of degree 13; above it 1 − e^{q(|x|)}, where q of degree 8 interpolates ln erfc on [0.95, 4]; beyond 4 the
/// result is ±1 in binary32. Both polynomials are interpolated at Chebyshev nodes.
/// </remarks>
public readonly struct ErrorFunction : IElementwiseFunction
{
    private const float Border = 1f;
    private const float Saturated = 4f;
    private const float C1 = 1.1283791658e+00f, C3 = -3.7612626667e-01f, C5 = 1.1283594715e-01f, C7 = -2.6854212011e-02f;
    private const float C9 = 5.1890874233e-03f, C11 = -8.0168642860e-04f, C13 = 7.8758750592e-05f;
    private const float Q0 = 3.2186625755e-04f, Q1 = -1.1302418775e+00f, Q2 = -6.3180955013e-01f, Q3 = -1.1009724251e-01f;
    private const float Q4 = 2.6431643283e-02f, Q5 = -4.7635096633e-03f, Q6 = 5.9767727492e-04f, Q7 = -4.6164785161e-05f;
    private const float Q8 = 1.6426789684e-06f;

    /// <summary>destination[i] = erf source[i].</summary>
    /// <param name="source">Arguments.</param>
    /// <param name="destination">At least as long; may be the same memory.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Apply(ReadOnlySpan<float> source, Span<float> destination) =>
        Elementwise.Apply<ErrorFunction>(source, destination);

    /// <summary>erf of one number: the scalar twin.</summary>
    /// <param name="x">Any value.</param>
    public static float Evaluate(float x)
    {
        if (float.IsNaN(x))
            return x;
        float magnitude = Math.Abs(x);
        if (magnitude < Border)
        {
            float u = x * x;
            float p = MathF.FusedMultiplyAdd(C13, u, C11);
            p = MathF.FusedMultiplyAdd(p, u, C9);
            p = MathF.FusedMultiplyAdd(p, u, C7);
            p = MathF.FusedMultiplyAdd(p, u, C5);
            p = MathF.FusedMultiplyAdd(p, u, C3);
            p = MathF.FusedMultiplyAdd(p, u, C1);
            return p * x;
        }

        float t = Math.Min(magnitude, Saturated);
        float q = MathF.FusedMultiplyAdd(Q8, t, Q7);
        q = MathF.FusedMultiplyAdd(q, t, Q6);
        q = MathF.FusedMultiplyAdd(q, t, Q5);
        q = MathF.FusedMultiplyAdd(q, t, Q4);
        q = MathF.FusedMultiplyAdd(q, t, Q3);
        q = MathF.FusedMultiplyAdd(q, t, Q2);
        q = MathF.FusedMultiplyAdd(q, t, Q1);
        q = MathF.FusedMultiplyAdd(q, t, Q0);
        return MathF.CopySign(1f - Exponential.Evaluate(q), x);
    }

    /// <summary>erf of sixteen numbers.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x)
    {
        Vector512<uint> signMask = Vector512.Create(0x8000_0000u);
        Vector512<float> magnitude = Vector512.AndNot(x.AsUInt32(), signMask).AsSingle();
        Vector512<float> u = x * x;
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(C13), u, Vector512.Create(C11));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(C9));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(C7));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(C5));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(C3));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(C1));
        Vector512<float> small = p * x;

        Vector512<float> t = Vector512.ConditionalSelect(
            Vector512.GreaterThan(magnitude, Vector512.Create(Saturated)), Vector512.Create(Saturated), magnitude);
        Vector512<float> q = Vector512.FusedMultiplyAdd(Vector512.Create(Q8), t, Vector512.Create(Q7));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q6));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q5));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q4));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q3));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q2));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q1));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q0));
        Vector512<float> large = Vector512<float>.One - Exponential.Evaluate(q);
        large = (large.AsUInt32() | (x.AsUInt32() & signMask)).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(Border)), small, large);
    }
}
