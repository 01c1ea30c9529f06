using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Numerics.Tests.PackedWeights;

/// <summary>The encoders and decoders of GGUF blocks one value at a time, as the formats and Gate's search are written down: what the vectors must give, bit for bit.</summary>
internal static class BlocksOneByOne
{
    private const int Size = 32;
    private const int Candidates = 21;

    public static void EncodeQ4_K(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<float> scales = stackalloc float[8], minima = stackalloc float[8];
        for (int subBlock = 0; subBlock < 8; subBlock++)
            (scales[subBlock], minima[subBlock]) = FitAffine(values.Slice(subBlock * 32, 32), 15);

        float largestScale = Largest(scales), largestMinimum = Largest(minima);
        SmallBlocks.WriteHalf(block, largestScale / 63);
        SmallBlocks.WriteHalf(block[2..], largestMinimum / 63);
        float scale = SmallBlocks.Half(block), minimum = SmallBlocks.Half(block[2..]);
        Span<byte> packed = block.Slice(4, 12), codes = block.Slice(16, 128);
        packed.Clear();
        codes.Clear();
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

            float d = scale * s, offset = minimum * m;
            for (int l = 0; l < 32; l++)
            {
                float value = values[(subBlock * 32) + l];
                int code = d == 0 ? 0 : Math.Clamp((int)MathF.Round((value + offset) / d), 0, 15);
                codes[(subBlock / 2 * 32) + l] |= (byte)(code << (subBlock % 2 * 4));
            }
        }
    }

    public static void EncodeQ6_K(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<float> scales = stackalloc float[16];
        float extreme = 0;
        for (int subBlock = 0; subBlock < 16; subBlock++)
        {
            scales[subBlock] = FitSymmetric(values.Slice(subBlock * 16, 16), 32);
            if (MathF.Abs(scales[subBlock]) > MathF.Abs(extreme))
                extreme = scales[subBlock];
        }

        // The extreme scale lands on −128, the largest magnitude an int8 holds.
        SmallBlocks.WriteHalf(block[208..], extreme / -128);
        float scale = SmallBlocks.Half(block[208..]);
        Span<byte> low = block[..128], high = block.Slice(128, 64);
        low.Clear();
        high.Clear();
        for (int i = 0; i < 256; i++)
        {
            int subBlock = i / 16;
            int s = scale == 0 ? 0 : Math.Clamp((int)MathF.Round(scales[subBlock] / scale), -128, 127);
            block[192 + subBlock] = (byte)(sbyte)s;
            float d = scale * s;
            int code = (d == 0 ? 0 : Math.Clamp((int)MathF.Round(values[i] / d), -32, 31)) + 32;
            int half = i / 128, quarter = i % 128 / 32, l = i % 32;
            low[(half * 64) + (quarter % 2 * 32) + l] |= (byte)((code & 15) << (quarter / 2 * 4));
            high[(half * 32) + l] |= (byte)((code >> 4) << (2 * quarter));
        }
    }

    // value ≈ scale · code − minimum with code in 0 … levels and minimum ≥ 0 (the format subtracts it).
    private static (float Scale, float Minimum) FitAffine(ReadOnlySpan<float> values, int levels)
    {
        float low = 0, high = 0;
        foreach (float value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (high == low)
            return (0, -low);

        (float Scale, float Minimum) best = ((high - low) / levels, -low);
        double bestError = AffineError(values, best, levels);
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            // Ranges from slightly wider to clearly narrower than the extremes: clipping two outliers often pays for all the others.
            (float Scale, float Minimum) trial = ((high - low) / (levels - 1 + (0.1f * candidate)), -low);
            trial = Refit(values, trial, levels);
            double error = AffineError(values, trial, levels);
            if (error < bestError)
                (best, bestError) = (trial, error);
        }

        return best;
    }

    // Least squares for scale and minimum with the codes held.
    private static (float Scale, float Minimum) Refit(ReadOnlySpan<float> values, (float Scale, float Minimum) grid, int levels)
    {
        double n = 0, sumCode = 0, sumCode2 = 0, sumValue = 0, sumProduct = 0;
        foreach (float value in values)
        {
            int code = Code(value, grid, levels);
            n++;
            sumCode += code;
            sumCode2 += (double)code * code;
            sumValue += value;
            sumProduct += code * (double)value;
        }

        double determinant = (n * sumCode2) - (sumCode * sumCode);
        if (determinant <= 0)
            return grid;
        double scale = ((n * sumProduct) - (sumCode * sumValue)) / determinant;
        double minimum = -((sumCode2 * sumValue) - (sumCode * sumProduct)) / determinant;
        if (minimum < 0)
        {
            minimum = 0;
            scale = sumProduct / sumCode2;
        }

        return scale > 0 ? ((float)scale, (float)minimum) : grid;
    }

    private static int Code(float value, (float Scale, float Minimum) grid, int levels) =>
        Math.Clamp((int)MathF.Round((value + grid.Minimum) / grid.Scale), 0, levels);

    private static double AffineError(ReadOnlySpan<float> values, (float Scale, float Minimum) grid, int levels)
    {
        double error = 0;
        foreach (float value in values)
        {
            double difference = value - ((grid.Scale * Code(value, grid, levels)) - grid.Minimum);
            error += difference * difference;
        }

        return error;
    }

    // value ≈ scale · code with code in −levels … levels − 1; the scale takes the sign that puts the extreme on −levels.
    private static float FitSymmetric(ReadOnlySpan<float> values, int levels)
    {
        float extreme = 0;
        foreach (float value in values)
        {
            if (MathF.Abs(value) > MathF.Abs(extreme))
                extreme = value;
        }

        if (extreme == 0)
            return 0;

        float best = extreme / -levels;
        double bestError = double.PositiveInfinity;
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            float scale = extreme / -(levels - 1 + (0.1f * candidate));
            double product = 0, square = 0;
            foreach (float value in values)
            {
                int code = Math.Clamp((int)MathF.Round(value / scale), -levels, levels - 1);
                product += (double)code * value;
                square += (double)code * code;
            }

            if (square == 0)
                continue;
            scale = (float)(product / square);
            double error = 0;
            foreach (float value in values)
            {
                int code = Math.Clamp((int)MathF.Round(value / scale), -levels, levels - 1);
                double difference = value - (scale * code);
                error += difference * difference;
            }

            if (error < bestError)
                (best, bestError) = (scale, error);
        }

        return best;
    }

    private static int ToSixBits(float value, float unit) => unit == 0 ? 0 : Math.Clamp((int)MathF.Round(value / unit), 0, 63);

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
            largest = Math.Max(largest, value);
        return largest;
    }

    // absmax / 127; rounds half away from zero, as the format's own encoder does.
    public static void EncodeQ8_0(ReadOnlySpan<float> values, Span<byte> block)
    {
        float largest = 0;
        foreach (float value in values[..Size])
            largest = Math.Max(largest, MathF.Abs(value));
        float scale = largest / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        SmallBlocks.WriteHalf(block, scale);
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
        SmallBlocks.WriteHalf(block, scale);
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
        SmallBlocks.WriteHalf(block, scale);
        SmallBlocks.WriteHalf(block[2..], smallest);
        for (int j = 0; j < Size / 2; j++)
        {
            int low = Math.Min(15, (int)(((values[j] - smallest) * inverse) + 0.5f));
            int high = Math.Min(15, (int)(((values[j + 16] - smallest) * inverse) + 0.5f));
            block[4 + j] = (byte)(low | (high << 4));
        }
    }

    public static void DecodeQ8_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = SmallBlocks.Half(block);
        for (int i = 0; i < Size; i++)
            values[i] = scale * (sbyte)block[2 + i];
    }

    public static void DecodeQ4_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = SmallBlocks.Half(block);
        for (int j = 0; j < Size / 2; j++)
        {
            values[j] = scale * ((block[2 + j] & 15) - 8);
            values[j + 16] = scale * ((block[2 + j] >> 4) - 8);
        }
    }

    public static void DecodeQ4_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = SmallBlocks.Half(block), minimum = SmallBlocks.Half(block[2..]);
        for (int j = 0; j < Size / 2; j++)
        {
            values[j] = (scale * (block[4 + j] & 15)) + minimum;
            values[j + 16] = (scale * (block[4 + j] >> 4)) + minimum;
        }
    }

    public static void DecodeQ4_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = SmallBlocks.Half(block), minimum = SmallBlocks.Half(block[2..]);
        ReadOnlySpan<byte> packed = block.Slice(4, 12), codes = block.Slice(16, 128);
        for (int subBlock = 0; subBlock < 8; subBlock++)
        {
            (int s, int m) = SuperBlockDecoding.ScaleAndMinimum(packed, subBlock);
            float d = scale * s, offset = minimum * m;
            ReadOnlySpan<byte> pair = codes.Slice(subBlock / 2 * 32, 32);
            int shift = subBlock % 2 * 4;
            for (int l = 0; l < 32; l++)
                values[(subBlock * 32) + l] = (d * ((pair[l] >> shift) & 15)) - offset;
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
                for (int l = 0; l < 32; l++)
                {
                    int nibble = (low[(half * 64) + (quarter % 2 * 32) + l] >> (quarter / 2 * 4)) & 15;
                    int code = nibble | (((high[(half * 32) + l] >> (2 * quarter)) & 3) << 4);
                    float s = scale * (sbyte)scales[(half * 8) + (quarter * 2) + (l / 16)];
                    values[(half * 128) + (quarter * 32) + l] = s * (code - 32);
                }
            }
        }
    }
}
