using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression.Quantization.GridVectors;

/// <summary>
/// A grid on runs of weights: sixteen lanes at a time, the rest one by one, with the bits that one weight at a time gives.
/// </summary>
internal static class GridSpans
{
    private const int Lanes = 16;

    /// <summary>codes[i] = code of weights[i].</summary>
    public static void Encode(in QuantizationGrid grid, ReadOnlySpan<float> weights, Span<byte> codes)
    {
        switch (grid.Elements)
        {
            case GridElements.Integer:
                Encode(grid, new IntegerVectors(grid), weights, codes);
                break;
            case GridElements.NormalFloat4:
                Encode(grid, default(NormalFloat4Vectors), weights, codes);
                break;
            case GridElements.Float8E4M3:
                Encode(grid, default(SmallFloatVectors<E4M3>), weights, codes);
                break;
            default:
                Encode(grid, default(SmallFloatVectors<E2M1>), weights, codes);
                break;
        }
    }

    /// <summary>values[i] = value of codes[i].</summary>
    public static void Decode(in QuantizationGrid grid, ReadOnlySpan<byte> codes, Span<float> values)
    {
        switch (grid.Elements)
        {
            case GridElements.Integer:
                Decode(grid, new IntegerVectors(grid), codes, values);
                break;
            case GridElements.NormalFloat4:
                Decode(grid, default(NormalFloat4Vectors), codes, values);
                break;
            case GridElements.Float8E4M3:
                Decode(grid, default(SmallFloatVectors<E4M3>), codes, values);
                break;
            default:
                Decode(grid, default(SmallFloatVectors<E2M1>), codes, values);
                break;
        }
    }

    /// <summary>elements[i] = what the code of weights[i] stands for, before the scale; times the scale where <paramref name="scaled"/>.</summary>
    public static void Round(in QuantizationGrid grid, ReadOnlySpan<float> weights, Span<float> elements, bool scaled)
    {
        float scale = scaled ? grid.Scale : 1f;
        switch (grid.Elements)
        {
            case GridElements.Integer:
                Round(grid, new IntegerVectors(grid), scale, weights, elements);
                break;
            case GridElements.NormalFloat4:
                Round(grid, default(NormalFloat4Vectors), scale, weights, elements);
                break;
            case GridElements.Float8E4M3:
                Round(grid, default(SmallFloatVectors<E4M3>), scale, weights, elements);
                break;
            default:
                Round(grid, default(SmallFloatVectors<E2M1>), scale, weights, elements);
                break;
        }
    }

    /// <summary>The smallest and the largest of the weights and 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Minimum, float Maximum) Range(ReadOnlySpan<float> weights)
    {
        ref float from = ref MemoryMarshal.GetReference(weights);
        Vector512<float> least = default, most = default;
        int i = 0;
        for (; i <= weights.Length - Lanes; i += Lanes)
        {
            var w = Vector512.LoadUnsafe(ref from, (nuint)i);
            least = Vector512.MinNative(least, w);
            most = Vector512.MaxNative(most, w);
        }

        Vector256<float> least8 = Vector256.MinNative(least.GetLower(), least.GetUpper()), most8 = Vector256.MaxNative(most.GetLower(), most.GetUpper());
        Vector128<float> least4 = Vector128.MinNative(least8.GetLower(), least8.GetUpper()), most4 = Vector128.MaxNative(most8.GetLower(), most8.GetUpper());
        float minimum = MathF.Min(MathF.Min(least4[0], least4[1]), MathF.Min(least4[2], least4[3]));
        float maximum = MathF.Max(MathF.Max(most4[0], most4[1]), MathF.Max(most4[2], most4[3]));
        for (; i < weights.Length; i++)
        {
            minimum = MathF.Min(minimum, weights[i]);
            maximum = MathF.Max(maximum, weights[i]);
        }

        return (minimum, maximum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Encode<TElements>(in QuantizationGrid grid, TElements elements, ReadOnlySpan<float> weights, Span<byte> codes)
        where TElements : struct, IElementVectors
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(codes.Length, weights.Length, nameof(codes));
        ref float from = ref MemoryMarshal.GetReference(weights);
        ref byte to = ref MemoryMarshal.GetReference(codes);
        var scale = Vector512.Create(grid.Scale);
        int i = 0;
        for (; i <= weights.Length - (2 * Lanes); i += 2 * Lanes)
        {
            Vector512<uint> low = elements.Encode(Vector512.LoadUnsafe(ref from, (nuint)i) / scale).AsUInt32();
            Vector512<uint> high = elements.Encode(Vector512.LoadUnsafe(ref from, (nuint)i + Lanes) / scale).AsUInt32();
            Vector512<ushort> both = Vector512.Narrow(low, high);
            Vector256.Narrow(both.GetLower(), both.GetUpper()).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < weights.Length; i++)
            codes[i] = grid.Encode(weights[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Decode<TElements>(in QuantizationGrid grid, TElements elements, ReadOnlySpan<byte> codes, Span<float> values)
        where TElements : struct, IElementVectors
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, codes.Length, nameof(values));
        ref byte from = ref MemoryMarshal.GetReference(codes);
        ref float to = ref MemoryMarshal.GetReference(values);
        var scale = Vector512.Create(grid.Scale);
        int i = 0;
        for (; i <= codes.Length - Lanes; i += Lanes)
            (scale * elements.Element(ByteLanes.Load(ref from, i))).StoreUnsafe(ref to, (nuint)i);
        for (; i < codes.Length; i++)
            values[i] = grid.Decode(codes[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round<TElements>(in QuantizationGrid grid, TElements elements, float factor, ReadOnlySpan<float> weights, Span<float> values)
        where TElements : struct, IElementVectors
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, weights.Length, nameof(values));
        ref float from = ref MemoryMarshal.GetReference(weights);
        ref float to = ref MemoryMarshal.GetReference(values);
        Vector512<float> scale = Vector512.Create(grid.Scale), by = Vector512.Create(factor);
        int i = 0;
        for (; i <= weights.Length - Lanes; i += Lanes)
            (by * elements.Element(elements.Encode(Vector512.LoadUnsafe(ref from, (nuint)i) / scale))).StoreUnsafe(ref to, (nuint)i);
        for (; i < weights.Length; i++)
            values[i] = factor * grid.Element(grid.Encode(weights[i]));
    }
}
