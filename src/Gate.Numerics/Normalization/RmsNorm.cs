using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Memory;

namespace Gate.Numerics.Normalization;

/// <summary>
/// Root-mean-square normalisation: y = x / √(mean(x²) + ε) · (offset + weight) for each row (Zhang and Sennrich, 2019). The mean of squares is
/// a fixed-lane dot product, so the bits of a row depend on that row only.
/// </summary>
public static class RmsNorm
{
    private const int Lanes = 16;

    /// <summary>Normalises every row.</summary>
    /// <param name="x">[rows, columns], row-major.</param>
    /// <param name="weight">[columns].</param>
    /// <param name="epsilon">Added to the mean of squares.</param>
    /// <param name="y">[rows, columns]; may be the same memory as <paramref name="x"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Width of a row.</param>
    /// <param name="weightOffset">Added to every weight: 0, or 1 where the checkpoint stores weight − 1 (Gemma).</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static void Apply(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y, int rows, int columns, float weightOffset = 0f)
    {
        LengthCheck.RequireEqual(columns, weight.Length);
        LengthCheck.RequireRoom((long)rows * columns, x.Length);
        LengthCheck.RequireRoom((long)rows * columns, y.Length);
        for (int row = 0; row < rows; row++)
            ApplyRow(x.Slice(row * columns, columns), weight, epsilon, y.Slice(row * columns, columns), weightOffset);
    }

    private static void ApplyRow(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y, float weightOffset)
    {
        float scale = 1f / MathF.Sqrt((DotProduct.Dot(x, x) / x.Length) + epsilon);
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref float from = ref MemoryMarshal.GetReference(x);
            ref float gain = ref MemoryMarshal.GetReference(weight);
            ref float to = ref MemoryMarshal.GetReference(y);
            Vector512<float> scales = Vector512.Create(scale), offsets = Vector512.Create(weightOffset);
            for (; i <= x.Length - Lanes; i += Lanes)
            {
                Vector512<float> normalized = Vector512.LoadUnsafe(ref from, (nuint)i) * scales;
                (normalized * (Vector512.LoadUnsafe(ref gain, (nuint)i) + offsets)).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < x.Length; i++)
            y[i] = (x[i] * scale) * (weight[i] + weightOffset);
    }
}
