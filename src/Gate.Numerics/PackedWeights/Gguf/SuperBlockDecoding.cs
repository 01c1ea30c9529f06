using System.Runtime.Intrinsics;

namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>Reads the blocks of 256 values ("K" formats).</summary>
internal static class SuperBlockDecoding
{
    /// <summary>The 6-bit scale and minimum of sub-block <paramref name="index"/> out of the 12 bytes that Q4_K and Q5_K pack them into.</summary>
    public static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> packed, int index) => index < 4
        ? (packed[index] & 63, packed[index + 4] & 63)
        : ((packed[index + 4] & 15) | ((packed[index - 4] >> 6) << 4), (packed[index + 4] >> 4) | ((packed[index] >> 6) << 4));

    // 16 bytes of 4-bit scale and minimum, 64 bytes of 2-bit codes, then the two halves.
    public static void DecodeQ2_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> scales = block[..16], codes = block.Slice(16, 64);
        float scale = SmallBlocks.Half(block[80..]), minimum = SmallBlocks.Half(block[82..]);
        int subBlock = 0, next = 0;
        for (int half = 0; half < 2; half++)
        {
            for (int shift = 0; shift < 8; shift += 2)
            {
                for (int part = 0; part < 2; part++, subBlock++)
                {
                    float s = scale * (scales[subBlock] & 15), m = minimum * (scales[subBlock] >> 4);
                    for (int l = 0; l < 16; l++)
                        values[next++] = (s * ((codes[(half * 32) + (part * 16) + l] >> shift) & 3)) - m;
                }
            }
        }
    }

    // 32 bytes of high bits (a set bit means the 4 is not subtracted), 64 bytes of low bits, 12 bytes of 6-bit scales, the half.
    public static void DecodeQ3_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> high = block[..32], low = block.Slice(32, 64), packed = block.Slice(96, 12);
        float scale = SmallBlocks.Half(block[108..]);
        int subBlock = 0, next = 0;
        for (int half = 0; half < 2; half++)
        {
            for (int pair = 0; pair < 4; pair++)
            {
                for (int part = 0; part < 2; part++, subBlock++)
                {
                    int nibble = subBlock < 8 ? packed[subBlock] & 15 : packed[subBlock - 8] >> 4;
                    int top = (packed[8 + (subBlock % 4)] >> (2 * (subBlock / 4))) & 3;
                    float s = scale * ((nibble | (top << 4)) - 32);
                    for (int l = 0; l < 16; l++)
                    {
                        int place = (part * 16) + l;
                        int code = (low[(half * 32) + place] >> (2 * pair)) & 3;
                        bool kept = (high[place] & (1 << ((half * 4) + pair))) != 0;
                        values[next++] = s * (code - (kept ? 0 : 4));
                    }
                }
            }
        }
    }

    public static void DecodeQ4_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = SmallBlocks.Half(block), minimum = SmallBlocks.Half(block[2..]);
        ReadOnlySpan<byte> packed = block.Slice(4, 12), codes = block.Slice(16, 128);
        for (int subBlock = 0; subBlock < 8; subBlock++)
        {
            (int s, int m) = ScaleAndMinimum(packed, subBlock);
            Vector512<float> d = Vector512.Create(scale * s), offset = Vector512.Create(minimum * m);
            for (int l = 0; l < 32; l += BlockCodes.Lanes)
            {
                var pair = Vector128.Create(codes[((subBlock / 2 * 32) + l)..]);
                Vector512<float> code = subBlock % 2 == 0 ? BlockCodes.LowHalves(pair) : BlockCodes.HighHalves(pair);
                ((d * code) - offset).CopyTo(values[((subBlock * 32) + l)..]);
            }
        }
    }

    public static void DecodeQ5_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = SmallBlocks.Half(block), minimum = SmallBlocks.Half(block[2..]);
        ReadOnlySpan<byte> packed = block.Slice(4, 12), high = block.Slice(16, 32), codes = block.Slice(48, 128);
        for (int subBlock = 0; subBlock < 8; subBlock++)
        {
            (int s, int m) = ScaleAndMinimum(packed, subBlock);
            float d = scale * s, offset = minimum * m;
            ReadOnlySpan<byte> pair = codes.Slice(subBlock / 2 * 32, 32);
            int shift = subBlock % 2 * 4;
            for (int l = 0; l < 32; l++)
            {
                int code = ((pair[l] >> shift) & 15) | (((high[l] >> subBlock) & 1) << 4);
                values[(subBlock * 32) + l] = (d * code) - offset;
            }
        }
    }

    // 128 bytes of low nibbles, 64 of high bit pairs, 16 signed scales, the half last.
    public static void DecodeQ6_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> low = block[..128], high = block.Slice(128, 64), scales = block.Slice(192, 16);
        float scale = SmallBlocks.Half(block[208..]);
        for (int half = 0; half < 2; half++)
        {
            for (int quarter = 0; quarter < 4; quarter++)
            {
                for (int l = 0; l < 32; l += BlockCodes.Lanes)
                {
                    Vector128<ushort> nibbles = Vector128.Create(low[((half * 64) + (quarter % 2 * 32) + l)..]).AsUInt16() >> (quarter / 2 * 4);
                    Vector128<ushort> pairs = Vector128.Create(high[((half * 32) + l)..]).AsUInt16() >> (2 * quarter);
                    Vector128<ushort> top = (pairs & Vector128.Create((ushort)0x0303)) << 4;
                    Vector512<float> codes = BlockCodes.Numbers(((nibbles & Vector128.Create((ushort)0x0F0F)) | top).AsByte());
                    float s = scale * (sbyte)scales[(half * 8) + (quarter * 2) + (l / 16)];
                    (Vector512.Create(s) * (codes - Vector512.Create(32f))).CopyTo(values[((half * 128) + (quarter * 32) + l)..]);
                }
            }
        }
    }
}
