using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.ElementaryFunctions;

namespace Gate.Numerics.Activations;

/// <summary>max(x, 0): NaN stays NaN, −0 becomes +0.</summary>
public readonly struct Relu : IElementwiseFunction
{
    /// <summary>Applies the function to every element.</summary>
    /// <param name="source">Arguments.</param>
    /// <param name="destination">At least as long; may be the same memory.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Apply(ReadOnlySpan<float> source, Span<float> destination) => Elementwise.Apply<Relu>(source, destination);

    /// <summary>One value: the scalar twin.</summary>
    /// <param name="x">Any value.</param>
    public static float Evaluate(float x) => x > 0f || float.IsNaN(x) ? x : 0f;

    /// <summary>Sixteen values.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x) =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(x, Vector512<float>.Zero), Vector512<float>.Zero, x);
}
