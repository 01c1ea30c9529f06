using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>
/// Writes Q4_K and Q6_K blocks. The layout is the format's; the search is Gate's: for each sub-block the scale (and minimum) of least squared error over a
/// fixed list of starting ranges, refined by least squares (<see cref="AffineFit"/>, <see cref="SymmetricFit"/>), then rounded to the format's 6- or 8-bit scales, with the codes chosen last
/// against what a reader will see.
/// </summary>
internal static class SuperBlockEncoding
{
    /// <summary>Blocks whose sub-blocks fill the lanes of one search.</summary>
    public const int Q4_KAtOnce = 2;

    private const int Size = 256, Lanes = BlockCodes.Lanes;

    /// <summary>Encodes one or two blocks.</summary>
    public static void EncodeQ4_K(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        const int SubBlocks = Size / AffineFit.Length;
        Span<float> lanes = stackalloc float[AffineFit.Length * Lanes], scales = stackalloc float[Lanes], minima = stackalloc float[Lanes];
        BlockCodes.Interleave(values, AffineFit.Length, lanes);
        AffineFit.Find(lanes, scales, minima);
        for (int block = 0, bytes = GgufBlockFormats.BytesPerBlock(GgufBlockFormat.Q4_K); block < values.Length / Size; block++)
        {
            WriteQ4_K(
                values.Slice(block * Size, Size), scales.Slice(block * SubBlocks, SubBlocks), minima.Slice(block * SubBlocks, SubBlocks), blocks.Slice(block * bytes, bytes));
        }
    }

    /// <summary>Encodes one block.</summary>
    public static void EncodeQ6_K(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<float> lanes = stackalloc float[SymmetricFit.Length * Lanes], scales = stackalloc float[Lanes];
        BlockCodes.Interleave(values, SymmetricFit.Length, lanes);
        SymmetricFit.Find(lanes, scales);
        float extreme = 0;
        foreach (float candidate in scales)
        {
            if (MathF.Abs(candidate) > MathF.Abs(extreme))
                extreme = candidate;
        }

        // The extreme scale lands on −128, the largest magnitude an int8 holds.
        SmallBlocks.WriteHalf(block[208..], extreme / -128);
        float scale = SmallBlocks.Half(block[208..]);
        Span<byte> codes = stackalloc byte[Size];
        for (int subBlock = 0; subBlock < scales.Length; subBlock++)
        {
            int s = scale == 0 ? 0 : Math.Clamp((int)MathF.Round(scales[subBlock] / scale), -128, 127);
            block[192 + subBlock] = (byte)(sbyte)s;
            float d = scale * s;
            Vector512<float> nearest = d == 0
                ? Vector512<float>.Zero
                : BlockCodes.Nearest(Vector512.Create(values.Slice(subBlock * Lanes, Lanes)) / Vector512.Create(d), -32, 31);
            Vector512<int> code = Vector512.ConvertToInt32Native(nearest) + Vector512.Create(32);
            BlockCodes.Bytes(code, code).GetLower().CopyTo(codes[(subBlock * Lanes)..]);
        }

        for (int half = 0; half < 2; half++)
            PackQ6_K(codes.Slice(half * 128, 128), block.Slice(half * 64, 64), block.Slice(128 + (half * 32), 32));
    }

    private static void WriteQ4_K(ReadOnlySpan<float> values, ReadOnlySpan<float> scales, ReadOnlySpan<float> minima, Span<byte> block)
    {
        SmallBlocks.WriteHalf(block, Largest(scales) / 63);
        SmallBlocks.WriteHalf(block[2..], Largest(minima) / 63);
        float scale = SmallBlocks.Half(block), minimum = SmallBlocks.Half(block[2..]);
        Span<byte> packed = block.Slice(4, 12), codes = block.Slice(16, 128);
        packed.Clear();
        for (int subBlock = 0; subBlock < 8; subBlock++)
        {
            int s = ToSixBits(scales[subBlock], scale), m = ToSixBits(minima[subBlock], minimum);
            if (subBlock < 4)
            {
                packed[subBlock] |= (byte)s;
                packed[subBlock + 4] |= (byte)m;
            }
            else
            {
                packed[subBlock + 4] |= (byte)((s & 15) | ((m & 15) << 4));
                packed[subBlock - 4] |= (byte)((s >> 4) << 6);
                packed[subBlock] |= (byte)((m >> 4) << 6);
            }

            // Even sub-blocks are the low halves of 32 bytes, odd ones the high halves of the same.
            Span<byte> pair = codes.Slice(subBlock / 2 * 32, 32);
            Vector256<byte> nearest = CodesQ4_K(values.Slice(subBlock * 32, 32), scale * s, minimum * m);
            if (subBlock % 2 == 0)
                nearest.CopyTo(pair);
            else
                (Vector256.Create<byte>(pair) | (nearest.AsUInt16() << 4).AsByte()).CopyTo(pair);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<byte> CodesQ4_K(ReadOnlySpan<float> values, float d, float offset)
    {
        if (d == 0)
            return Vector256<byte>.Zero;
        ref float from = ref MemoryMarshal.GetReference(values);
        Vector512<float> unit = Vector512.Create(d), plus = Vector512.Create(offset);
        return BlockCodes.Bytes(
            Vector512.ConvertToInt32Native(BlockCodes.Nearest((Vector512.LoadUnsafe(ref from) + plus) / unit, 0, 15)),
            Vector512.ConvertToInt32Native(BlockCodes.Nearest((Vector512.LoadUnsafe(ref from, Lanes) + plus) / unit, 0, 15)));
    }

    // 128 codes of 6 bits: four runs of 32, of which the first and third, and the second and fourth, share the bytes of their low bits, and all four those of their high bits.
    private static void PackQ6_K(ReadOnlySpan<byte> codes, Span<byte> low, Span<byte> high)
    {
        Vector256<byte> first = Vector256.Create(codes), second = Vector256.Create(codes[32..]), third = Vector256.Create(codes[64..]), fourth = Vector256.Create(codes[96..]);
        var nibble = Vector256.Create((byte)15);
        ((first & nibble) | ((third & nibble).AsUInt16() << 4).AsByte()).CopyTo(low);
        ((second & nibble) | ((fourth & nibble).AsUInt16() << 4).AsByte()).CopyTo(low[32..]);
        (High(first, 4) | High(second, 2) | High(third, 0) | (High(fourth, 2).AsUInt16() << 4).AsByte()).CopyTo(high);
    }

    // The upper two of six bits, moved down from their place by a number of bits.
    private static Vector256<byte> High(Vector256<byte> codes, int down) => ((codes & Vector256.Create((byte)0x30)).AsUInt16() >> down).AsByte();

    private static int ToSixBits(float value, float unit) => unit == 0 ? 0 : Math.Clamp((int)MathF.Round(value / unit), 0, 63);

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
            largest = Math.Max(largest, value);
        return largest;
    }
}
