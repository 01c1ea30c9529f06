using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.ElementaryFunctions;

namespace Gate.Numerics.Activations;

/// <summary>GELU in its exact form: ½·x·(1 + erf(x / √2)) (Hendrycks and Gimpel, 2016).</summary>
public readonly struct Gelu : IElementwiseFunction
{
    private const float InverseRootOfTwo = 0.70710678f;

    /// <summary>Applies the function to every element.</summary>
    /// <param name="source">Arguments.</param>
    /// <param name="destination">At least as long; may be the same memory.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Apply(ReadOnlySpan<float> source, Span<float> destination) => Elementwise.Apply<Gelu>(source, destination);

    /// <summary>One value: the scalar twin.</summary>
    /// <param name="x">Any value.</param>
    public static float Evaluate(float x) => (0.5f * x) * (1f + ErrorFunction.Evaluate(x * InverseRootOfTwo));

    /// <summary>Sixteen values.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x) =>
        (Vector512.Create(0.5f) * x) * (Vector512<float>.One + ErrorFunction.Evaluate(x * Vector512.Create(InverseRootOfTwo)));
}
