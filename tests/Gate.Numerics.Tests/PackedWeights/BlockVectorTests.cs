using FsCheck;
using FsCheck.Fluent;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Numerics.Tests.PackedWeights;

/// <summary>Blocks encoded by vectors have the bytes that one value at a time gives, and so have the values they decode to.</summary>
public sealed class BlockVectorTests
{
    private delegate void Encoder(ReadOnlySpan<float> values, Span<byte> block);

    private delegate void Decoder(ReadOnlySpan<byte> block, Span<float> values);

    // From blocks of subnormal numbers to blocks whose range overflows; zeros of both signs, equal neighbours, blocks of one value, and outliers.
    private static readonly Gen<float[]> Blocks =
        from blocks in Gen.Choose(1, 5)
        from exponent in Gen.OneOf(Gen.Choose(-20, 10), Gen.Choose(-149, 127))
        from coarse in Gen.Elements(1, 1, 1 << 14, 1 << 19)
        from seed in Gen.Choose(0, int.MaxValue)
        select Values(blocks * 256, exponent, coarse, seed);

    [Theory]
    [InlineData(GgufBlockFormat.Q8_0)]
    [InlineData(GgufBlockFormat.Q4_0)]
    [InlineData(GgufBlockFormat.Q4_1)]
    [InlineData(GgufBlockFormat.Q4_K)]
    [InlineData(GgufBlockFormat.Q6_K)]
    public void Blocks_have_the_bytes_of_one_value_at_a_time(GgufBlockFormat format) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(
        Blocks.ToArbitrary(), values =>
        {
            byte[] blocks = new byte[GgufBlocks.BytesOf(format, values.Length)];
            Array.Fill(blocks, (byte)0xA5);
            GgufBlocks.Encode(format, values, blocks);
            Assert.Equal(Convert.ToHexString(OneByOne(format, values)), Convert.ToHexString(blocks));
        }));

    [Theory]
    [InlineData(GgufBlockFormat.Q8_0)]
    [InlineData(GgufBlockFormat.Q4_0)]
    [InlineData(GgufBlockFormat.Q4_1)]
    [InlineData(GgufBlockFormat.Q4_K)]
    [InlineData(GgufBlockFormat.Q6_K)]
    public void Any_bytes_decode_to_the_bits_of_one_value_at_a_time(GgufBlockFormat format)
    {
        Decoder decode = format switch
        {
            GgufBlockFormat.Q8_0 => BlocksOneByOne.DecodeQ8_0,
            GgufBlockFormat.Q4_0 => BlocksOneByOne.DecodeQ4_0,
            GgufBlockFormat.Q4_1 => BlocksOneByOne.DecodeQ4_1,
            GgufBlockFormat.Q4_K => BlocksOneByOne.DecodeQ4_K,
            _ => BlocksOneByOne.DecodeQ6_K,
        };
        byte[] block = new byte[GgufBlockFormats.BytesPerBlock(format)];
        float[] expected = new float[GgufBlockFormats.ValuesPerBlock(format)], values = new float[expected.Length];
        Random random = new(11);
        for (int i = 0; i < 3000; i++)
        {
            random.NextBytes(block);
            decode(block, expected);
            GgufBlocks.Decode(format, block, values);

            // Scales may be infinite or no number; the sign of a value that is no number means nothing.
            Assert.Equal(expected.Select(Bits), values.Select(Bits));
        }
    }

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value);

    private static float[] Values(int count, int exponent, int coarse, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        int kind = 0;
        for (int i = 0; i < count; i++)
        {
            if (i % 16 == 0)
                kind = random.Next(12);
            int mantissa = random.Next(-(1 << 20), (1 << 20) + 1) / coarse * coarse;
            values[i] = kind switch
            {
                0 => 0f,
                1 => random.Next(2) == 0 ? 0f : -0f,
                2 => i % 16 == 0 ? MathF.ScaleB(mantissa, exponent - 20) : values[i - 1],
                3 => MathF.ScaleB(Math.Abs(mantissa), exponent - 20),
                4 => i % 32 == 7 ? MathF.ScaleB(mantissa, Math.Min(exponent, 120) - 14) : MathF.ScaleB(mantissa, exponent - 20),
                _ => MathF.ScaleB(mantissa, exponent - 20),
            };
        }

        return values;
    }

    private static byte[] OneByOne(GgufBlockFormat format, ReadOnlySpan<float> values)
    {
        Encoder encode = format switch
        {
            GgufBlockFormat.Q8_0 => BlocksOneByOne.EncodeQ8_0,
            GgufBlockFormat.Q4_0 => BlocksOneByOne.EncodeQ4_0,
            GgufBlockFormat.Q4_1 => BlocksOneByOne.EncodeQ4_1,
            GgufBlockFormat.Q4_K => BlocksOneByOne.EncodeQ4_K,
            _ => BlocksOneByOne.EncodeQ6_K,
        };
        int size = GgufBlockFormats.ValuesPerBlock(format), bytes = GgufBlockFormats.BytesPerBlock(format);
        byte[] blocks = new byte[values.Length / size * bytes];
        for (int block = 0; block < values.Length / size; block++)
            encode(values.Slice(block * size, size), blocks.AsSpan(block * bytes, bytes));
        return blocks;
    }
}
