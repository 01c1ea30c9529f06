namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>Reads and writes rows of GGUF block formats (GGUF version 3).</summary>
public static class GgufBlocks
{
    private delegate void BlockDecoder(ReadOnlySpan<byte> block, Span<float> values);

    private delegate void BlockEncoder(ReadOnlySpan<float> values, Span<byte> block);

    /// <summary>Bytes of <paramref name="count"/> values.</summary>
    /// <exception cref="ArgumentException">The count is not a whole number of blocks.</exception>
    public static long BytesOf(GgufBlockFormat format, long count)
    {
        int perBlock = GgufBlockFormats.ValuesPerBlock(format);
        if (count % perBlock != 0)
            throw new ArgumentException($"{count} values are not whole {format} blocks of {perBlock}", nameof(count));
        return checked(count / perBlock * GgufBlockFormats.BytesPerBlock(format));
    }

    /// <summary>Dequantises whole blocks of a quantised format.</summary>
    /// <param name="format">Any format but F32, F16 and BF16.</param>
    /// <param name="blocks">The blocks, one after the other.</param>
    /// <param name="values">Receives the values; a whole number of blocks.</param>
    public static void Decode(GgufBlockFormat format, ReadOnlySpan<byte> blocks, Span<float> values)
    {
        BlockDecoder decode = format switch
        {
            GgufBlockFormat.Q4_0 => SmallBlocks.DecodeQ4_0,
            GgufBlockFormat.Q4_1 => SmallBlocks.DecodeQ4_1,
            GgufBlockFormat.Q5_0 => SmallBlocks.DecodeQ5_0,
            GgufBlockFormat.Q5_1 => SmallBlocks.DecodeQ5_1,
            GgufBlockFormat.Q8_0 => SmallBlocks.DecodeQ8_0,
            GgufBlockFormat.Q2_K => SuperBlockDecoding.DecodeQ2_K,
            GgufBlockFormat.Q3_K => SuperBlockDecoding.DecodeQ3_K,
            GgufBlockFormat.Q4_K => SuperBlockDecoding.DecodeQ4_K,
            GgufBlockFormat.Q5_K => SuperBlockDecoding.DecodeQ5_K,
            GgufBlockFormat.Q6_K => SuperBlockDecoding.DecodeQ6_K,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not a quantised GGUF format"),
        };
        int perBlock = GgufBlockFormats.ValuesPerBlock(format), bytes = GgufBlockFormats.BytesPerBlock(format);
        ArgumentOutOfRangeException.ThrowIfNotEqual(blocks.Length, BytesOf(format, values.Length));
        for (int block = 0; block < values.Length / perBlock; block++)
            decode(blocks.Slice(block * bytes, bytes), values.Slice(block * perBlock, perBlock));
    }

    /// <summary>Quantises whole blocks.</summary>
    /// <param name="format">Q8_0, Q4_0, Q4_1, Q4_K or Q6_K.</param>
    /// <param name="values">Finite values, a whole number of blocks.</param>
    /// <param name="blocks">Receives the blocks.</param>
    public static void Encode(GgufBlockFormat format, ReadOnlySpan<float> values, Span<byte> blocks)
    {
        (BlockEncoder encode, int atOnce) = format switch
        {
            GgufBlockFormat.Q4_0 => ((BlockEncoder)SmallBlockEncoding.EncodeQ4_0, 1),
            GgufBlockFormat.Q4_1 => (SmallBlockEncoding.EncodeQ4_1, 1),
            GgufBlockFormat.Q8_0 => (SmallBlockEncoding.EncodeQ8_0, 1),
            GgufBlockFormat.Q4_K => (SuperBlockEncoding.EncodeQ4_K, SuperBlockEncoding.Q4_KAtOnce),
            GgufBlockFormat.Q6_K => (SuperBlockEncoding.EncodeQ6_K, 1),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not a GGUF format Gate writes"),
        };
        int perBlock = GgufBlockFormats.ValuesPerBlock(format), bytes = GgufBlockFormats.BytesPerBlock(format);
        ArgumentOutOfRangeException.ThrowIfNotEqual(blocks.Length, BytesOf(format, values.Length));
        for (int block = 0, count; block < values.Length / perBlock; block += count)
        {
            count = Math.Min(atOnce, (values.Length / perBlock) - block);
            encode(values.Slice(block * perBlock, count * perBlock), blocks.Slice(block * bytes, count * bytes));
        }
    }

    /// <summary>Stores the codes of one uniform grid as a block that decodes to <c>scale · (code − zero)</c> exactly.</summary>
    /// <param name="format">Q8_0 or Q4_0, whose zero is the middle code; or Q4_1, whose minimum −scale · zero must be exact in binary16.</param>
    /// <param name="scale">The scale; exact in binary16.</param>
    /// <param name="zero">The code of 0.</param>
    /// <param name="codes">32 codes, from 0.</param>
    /// <param name="block">Receives the block.</param>
    /// <exception cref="ArgumentException">Another zero, a scale or minimum that binary16 does not hold, or another format.</exception>
    public static void Store(GgufBlockFormat format, float scale, int zero, ReadOnlySpan<byte> codes, Span<byte> block)
    {
        int middle = format switch
        {
            GgufBlockFormat.Q8_0 => 128,
            GgufBlockFormat.Q4_0 => 8,
            GgufBlockFormat.Q4_1 => zero,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not a uniform grid of 32 values"),
        };
        float minimum = 0 - (scale * zero);
        if (zero != middle || (float)(Half)scale != scale || (format == GgufBlockFormat.Q4_1 && (float)(Half)minimum != minimum))
            throw new ArgumentException($"{format} does not hold the grid with scale {scale:R} and zero {zero}", nameof(scale));
        ArgumentOutOfRangeException.ThrowIfNotEqual(block.Length, GgufBlockFormats.BytesPerBlock(format));
        SmallBlocks.Store(format, scale, minimum, codes, block);
    }
}
