using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.ElementaryFunctions;

namespace Gate.Numerics.Activations;

/// <summary>The sigmoid approximation of GELU: x / (1 + e^{−1.702·x}).</summary>
public readonly struct QuickGelu : IElementwiseFunction
{
    private const float Slope = 1.702f;

    /// <summary>Applies the function to every element.</summary>
    /// <param name="source">Arguments.</param>
    /// <param name="destination">At least as long; may be the same memory.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Apply(ReadOnlySpan<float> source, Span<float> destination) => Elementwise.Apply<QuickGelu>(source, destination);

    /// <summary>One value: the scalar twin.</summary>
    /// <param name="x">Any value.</param>
    public static float Evaluate(float x) => x / (1f + Exponential.Evaluate(x * -Slope));

    /// <summary>Sixteen values.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x) =>
        x / (Vector512<float>.One + Exponential.Evaluate(x * Vector512.Create(-Slope)));
}
