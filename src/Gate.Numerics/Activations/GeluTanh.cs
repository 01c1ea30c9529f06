using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.ElementaryFunctions;

namespace Gate.Numerics.Activations;

/// <summary>GELU in its tanh form (gelu_new, gelu_pytorch_tanh): ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).</summary>
public readonly struct GeluTanh : IElementwiseFunction
{
    private const float RootOfTwoOverPi = 0.79788456f;
    private const float Cubic = 0.044715f;

    /// <summary>Applies the function to every element.</summary>
    /// <param name="source">Arguments.</param>
    /// <param name="destination">At least as long; may be the same memory.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Apply(ReadOnlySpan<float> source, Span<float> destination) => Elementwise.Apply<GeluTanh>(source, destination);

    /// <summary>One value: the scalar twin.</summary>
    /// <param name="x">Any value.</param>
    public static float Evaluate(float x)
    {
        float inner = RootOfTwoOverPi * MathF.FusedMultiplyAdd(Cubic * x, x * x, x);
        return (0.5f * x) * (1f + HyperbolicTangent.Evaluate(inner));
    }

    /// <summary>Sixteen values.</summary>
    /// <param name="x">Any values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x)
    {
        Vector512<float> inner = Vector512.Create(RootOfTwoOverPi) * Vector512.FusedMultiplyAdd(Vector512.Create(Cubic) * x, x * x, x);
        return (Vector512.Create(0.5f) * x) * (Vector512<float>.One + HyperbolicTangent.Evaluate(inner));
    }
}
