using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Memory;

namespace Gate.Numerics.Normalization;

/// <summary>
/// Layer normalisation: y = (x − mean) / √(variance + ε) · weight + bias for each row, with the biased variance of a second pass over the
/// centred values (Ba, Kiros and Hinton, 2016). Sums have the fixed shape of <see cref="DotProduct"/>.
/// </summary>
public static class LayerNorm
{
    private const int Lanes = 16;

    /// <summary>Normalises every row.</summary>
    /// <param name="x">[rows, columns], row-major.</param>
    /// <param name="weight">[columns], or empty for all ones.</param>
    /// <param name="bias">[columns], or empty for all zeros.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="y">[rows, columns]; may be the same memory as <paramref name="x"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Width of a row.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static void Apply(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon, Span<float> y, int rows, int columns)
    {
        if (!weight.IsEmpty)
            LengthCheck.RequireEqual(columns, weight.Length);
        if (!bias.IsEmpty)
            LengthCheck.RequireEqual(columns, bias.Length);
        LengthCheck.RequireRoom((long)rows * columns, x.Length);
        LengthCheck.RequireRoom((long)rows * columns, y.Length);
        for (int row = 0; row < rows; row++)
            ApplyRow(x.Slice(row * columns, columns), weight, bias, epsilon, y.Slice(row * columns, columns));
    }

    private static void ApplyRow(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon, Span<float> y)
    {
        float mean = SpanSum.Sum(x) / x.Length;
        Shift(x, mean, y);
        float scale = 1f / MathF.Sqrt((DotProduct.Dot(y, y) / y.Length) + epsilon);
        for (int i = 0; i < y.Length; i++)
        {
            float normalized = y[i] * scale;
            y[i] = MathF.FusedMultiplyAdd(normalized, weight.IsEmpty ? 1f : weight[i], bias.IsEmpty ? 0f : bias[i]);
        }
    }

    private static void Shift(ReadOnlySpan<float> x, float mean, Span<float> y)
    {
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref float from = ref MemoryMarshal.GetReference(x);
            ref float to = ref MemoryMarshal.GetReference(y);
            for (; i <= x.Length - Lanes; i += Lanes)
                (Vector512.LoadUnsafe(ref from, (nuint)i) - Vector512.Create(mean)).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < x.Length; i++)
            y[i] = x[i] - mean;
    }
}
