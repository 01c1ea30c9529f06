using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>Reads the blocks of 32 values, Q8_0, Q4_0, Q4_1, Q5_0 and Q5_1, and stores codes in them. Byte j of the 4-bit part holds element j below and element j + 16 above.</summary>
internal static class SmallBlocks
{
    private const int Size = 32;

    public static void DecodeQ8_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Vector512.Create(Half(block));
        for (int i = 0; i < Size; i += BlockCodes.Lanes)
        {
            // Codes from −128 on become unsigned by flipping their highest bit.
            Vector512<float> codes = BlockCodes.Numbers(Vector128.Create(block[(2 + i)..]) ^ Vector128.Create((byte)0x80));
            (scale * (codes - Vector512.Create(128f))).CopyTo(values[i..]);
        }
    }

    public static void DecodeQ4_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        Vector512<float> scale = Vector512.Create(Half(block)), middle = Vector512.Create(8f);
        var codes = Vector128.Create(block[2..]);
        (scale * (BlockCodes.LowHalves(codes) - middle)).CopyTo(values);
        (scale * (BlockCodes.HighHalves(codes) - middle)).CopyTo(values[(Size / 2)..]);
    }

    public static void DecodeQ4_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        Vector512<float> scale = Vector512.Create(Half(block)), minimum = Vector512.Create(Half(block[2..]));
        var codes = Vector128.Create(block[4..]);
        ((scale * BlockCodes.LowHalves(codes)) + minimum).CopyTo(values);
        ((scale * BlockCodes.HighHalves(codes)) + minimum).CopyTo(values[(Size / 2)..]);
    }

    public static void DecodeQ5_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = Half(block);
        uint high = BinaryPrimitives.ReadUInt32LittleEndian(block[2..]);
        for (int j = 0; j < Size / 2; j++)
        {
            values[j] = scale * (((block[6 + j] & 15) | (int)((high >> j << 4) & 16)) - 16);
            values[j + 16] = scale * (((block[6 + j] >> 4) | (int)((high >> (j + 16) << 4) & 16)) - 16);
        }
    }

    public static void DecodeQ5_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = Half(block), minimum = Half(block[2..]);
        uint high = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        for (int j = 0; j < Size / 2; j++)
        {
            values[j] = (scale * ((block[8 + j] & 15) | (int)((high >> j << 4) & 16))) + minimum;
            values[j + 16] = (scale * ((block[8 + j] >> 4) | (int)((high >> (j + 16) << 4) & 16))) + minimum;
        }
    }

    // Codes as they are, without any rounding.
    public static void Store(GgufBlockFormat format, float scale, float minimum, ReadOnlySpan<byte> codes, Span<byte> block)
    {
        WriteHalf(block, scale);
        if (format == GgufBlockFormat.Q8_0)
        {
            for (int i = 0; i < Size; i++)
                block[2 + i] = (byte)(codes[i] - 128);
            return;
        }

        int start = 2;
        if (format == GgufBlockFormat.Q4_1)
        {
            WriteHalf(block[2..], minimum);
            start = 4;
        }

        for (int j = 0; j < Size / 2; j++)
            block[start + j] = (byte)(codes[j] | (codes[j + (Size / 2)] << 4));
    }

    public static float Half(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    public static void WriteHalf(Span<byte> bytes, float value) => BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value);
}
