using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Numerics.Tests.PackedWeights;

public sealed class GgufBlockTests
{
    private static readonly float[] _ramp = [.. Enumerable.Range(0, 32).Select(i => (i - 16) / 16f)];

    [Theory]
    [InlineData(GgufBlockFormat.Q8_0, "082081899199a1a9b1b9c0c8d0d8e0e8f0f8000810182028303840474f575f676f77")]
    [InlineData(GgufBlockFormat.Q4_0, "0030809191a2a2b3b3c4c4d5d5e6e6f7f7f8")]
    public void A_ramp_gives_the_bytes_the_format_defines(GgufBlockFormat format, string expected)
    {
        byte[] block = new byte[GgufBlockFormats.BytesPerBlock(format)];
        GgufBlocks.Encode(format, _ramp, block);

        Assert.Equal(expected, Convert.ToHexStringLower(block));
    }

    [Theory]
    [InlineData(GgufBlockFormat.Q8_0, 0.0001)]
    [InlineData(GgufBlockFormat.Q4_0, 0.012)]
    [InlineData(GgufBlockFormat.Q4_1, 0.010)]
    [InlineData(GgufBlockFormat.Q4_K, 0.008)]
    [InlineData(GgufBlockFormat.Q6_K, 0.0006)]
    public void Normal_weights_come_back_with_the_error_the_bits_allow(GgufBlockFormat format, double largestRelativeSquaredError)
    {
        float[] values = Normal(seed: 5, count: 256 * 40);
        byte[] blocks = new byte[GgufBlocks.BytesOf(format, values.Length)];
        GgufBlocks.Encode(format, values, blocks);
        float[] read = new float[values.Length];
        GgufBlocks.Decode(format, blocks, read);

        double error = values.Zip(read, (a, b) => Math.Pow(a - b, 2)).Sum() / values.Sum(value => (double)value * value);
        Assert.InRange(error, double.Epsilon, largestRelativeSquaredError);
    }

    [Theory]
    [InlineData(GgufBlockFormat.Q8_0)]
    [InlineData(GgufBlockFormat.Q4_0)]
    [InlineData(GgufBlockFormat.Q4_1)]
    [InlineData(GgufBlockFormat.Q4_K)]
    [InlineData(GgufBlockFormat.Q6_K)]
    public void Zeros_stay_zeros(GgufBlockFormat format)
    {
        byte[] blocks = new byte[GgufBlocks.BytesOf(format, 256)];
        GgufBlocks.Encode(format, new float[256], blocks);
        float[] read = Normal(1, 256);
        GgufBlocks.Decode(format, blocks, read);

        Assert.All(read, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Five_bit_blocks_take_their_fifth_bit_from_the_mask()
    {
        // Scale 1; element j has low nibble j mod 16, and bits 0, 17 and 31 of the mask are set.
        byte[] block = new byte[22];
        block[1] = 0x3c;
        BitConverter.TryWriteBytes(block.AsSpan(2), 0x80020001u);
        for (int j = 0; j < 16; j++)
            block[6 + j] = (byte)(j | (j << 4));
        float[] values = new float[32];
        GgufBlocks.Decode(GgufBlockFormat.Q5_0, block, values);

        for (int i = 0; i < 32; i++)
            Assert.Equal((i % 16) + (i is 0 or 17 or 31 ? 16 : 0) - 16, values[i]);
    }

    [Fact]
    public void Six_bit_scales_and_minima_unpack_to_what_was_packed()
    {
        // Sub-block 5 of a Q4_K block: scale 37 = 0b10_0101, minimum 58 = 0b11_1010.
        byte[] packed = new byte[12];
        packed[9] = 0x5 | (0xA << 4);
        packed[1] = 2 << 6;
        packed[5] = 3 << 6;

        Assert.Equal((37, 58), SuperBlockDecoding.ScaleAndMinimum(packed, 5));
    }

    [Fact]
    public void A_row_that_is_not_whole_blocks_is_refused() =>
        Assert.Throws<ArgumentException>(() => GgufBlocks.BytesOf(GgufBlockFormat.Q4_K, 300));

    private static float[] Normal(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
