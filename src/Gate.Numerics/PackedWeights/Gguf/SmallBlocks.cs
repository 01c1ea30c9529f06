using System.Buffers.Binary;

namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>The blocks of 32 values: Q8_0, Q4_0, Q4_1, Q5_0 and Q5_1. Byte j of the 4-bit part holds element j below and element j + 16 above.</summary>
internal static class SmallBlocks
{
    private const int Size = 32;

    public static void DecodeQ8_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = Half(block);
        for (int i = 0; i < Size; i++)
            values[i] = scale * (sbyte)block[2 + i];
    }

    public static void DecodeQ4_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = Half(block);
        for (int j = 0; j < Size / 2; j++)
        {
            values[j] = scale * ((block[2 + j] & 15) - 8);
            values[j + 16] = scale * ((block[2 + j] >> 4) - 8);
        }
    }

    public static void DecodeQ4_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = Half(block), minimum = Half(block[2..]);
        for (int j = 0; j < Size / 2; j++)
        {
            values[j] = (scale * (block[4 + j] & 15)) + minimum;
            values[j + 16] = (scale * (block[4 + j] >> 4)) + minimum;
        }
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

    // absmax / 127; rounds half away from zero, as the format's own encoder does.
    public static void EncodeQ8_0(ReadOnlySpan<float> values, Span<byte> block)
    {
        float largest = 0;
        foreach (float value in values[..Size])
            largest = Math.Max(largest, MathF.Abs(value));
        float scale = largest / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        WriteHalf(block, scale);
        for (int i = 0; i < Size; i++)
            block[2 + i] = (byte)(sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
    }

    // The value of largest magnitude, with its sign, lands on −8 exactly; the scale may be negative.
    public static void EncodeQ4_0(ReadOnlySpan<float> values, Span<byte> block)
    {
        float extreme = 0;
        foreach (float value in values[..Size])
        {
            if (MathF.Abs(value) > MathF.Abs(extreme))
                extreme = value;
        }

        float scale = extreme / -8;
        float inverse = scale == 0 ? 0 : 1 / scale;
        WriteHalf(block, scale);
        for (int j = 0; j < Size / 2; j++)
        {
            int low = Math.Min(15, (int)((values[j] * inverse) + 8.5f));
            int high = Math.Min(15, (int)((values[j + 16] * inverse) + 8.5f));
            block[2 + j] = (byte)(low | (high << 4));
        }
    }

    public static void EncodeQ4_1(ReadOnlySpan<float> values, Span<byte> block)
    {
        float smallest = float.PositiveInfinity, largest = float.NegativeInfinity;
        foreach (float value in values[..Size])
        {
            smallest = Math.Min(smallest, value);
            largest = Math.Max(largest, value);
        }

        float scale = (largest - smallest) / 15;
        float inverse = scale == 0 ? 0 : 1 / scale;
        WriteHalf(block, scale);
        WriteHalf(block[2..], smallest);
        for (int j = 0; j < Size / 2; j++)
        {
            int low = Math.Min(15, (int)(((values[j] - smallest) * inverse) + 0.5f));
            int high = Math.Min(15, (int)(((values[j + 16] - smallest) * inverse) + 0.5f));
            block[4 + j] = (byte)(low | (high << 4));
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
