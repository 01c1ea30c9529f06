using Gate.Numerics.PackedWeights;

namespace Gate.Numerics.Tests.PackedWeights;

/// <summary>Words that the libraries behind each format write for these codes.</summary>
public sealed class PackingVectorTests
{
    private static readonly byte[] _zeroToSevenFourTimes = [.. Enumerable.Range(0, 32).Select(i => (byte)(i % 8))];

    [Fact]
    public void Compressed_tensors_packs_4_bit_codes_lowest_first()
    {
        sbyte[] codes = [.. Enumerable.Range(-8, 16).Select(i => (sbyte)i)];

        Assert.Equal([0x76543210u, 0xfedcba98u], CompressedTensorsPacking.Pack(codes, 1, 16, 4, dense: true));
        Assert.Equal([0x76543210u, 0xfedcba98u], CompressedTensorsPacking.Pack(codes, 1, 16, 4, dense: false));
    }

    [Fact]
    public void Compressed_tensors_packs_3_bit_codes_across_words_since_0_17_and_ten_a_word_before()
    {
        sbyte[] codes = [.. Enumerable.Range(0, 32).Select(i => (sbyte)((i % 8) - 4))];

        Assert.Equal([0x88fac688u, 0xc688fac6u, 0xfac688fau], CompressedTensorsPacking.Pack(codes, 1, 32, 3, dense: true));
        Assert.Equal([0x08fac688u, 0x1a23eb1au, 0x2c688facu, 0x0000003eu], CompressedTensorsPacking.Pack(codes, 1, 32, 3, dense: false));
    }

    [Fact]
    public void Compressed_tensors_packs_8_bit_codes_as_offset_bytes() =>
        Assert.Equal([0xff807f00u], CompressedTensorsPacking.Pack([-128, -1, 0, 127], 1, 4, 8, dense: true));

    [Fact]
    public void Gptq_packs_a_column_of_inputs_into_a_word()
    {
        byte[] codes = [.. Enumerable.Range(0, 32).Select(i => (byte)(i % 8))];

        Assert.Equal([0x76543210u, 0x76543210u, 0x76543210u, 0x76543210u], GptqPacking.PackWeights(codes, 1, 32, 4));
        Assert.Equal([0x88fac688u, 0xc688fac6u, 0xfac688fau], GptqPacking.PackWeights(_zeroToSevenFourTimes, 1, 32, 3));
    }

    [Theory]
    [InlineData(1, 0x77777777u)]
    [InlineData(2, 0x88888888u)]
    public void Gptq_stores_the_symmetric_zero_point_less_one_in_version_1_and_as_it_is_in_version_2(int version, uint expected)
    {
        byte[] zeros = [.. Enumerable.Repeat((byte)8, 32)];

        Assert.Equal([expected, expected, expected, expected], GptqPacking.PackZeros(zeros, 1, 32, 4, version));
    }

    [Fact]
    public void Gptq_version_1_wraps_a_zero_point_of_zero_within_its_own_field()
    {
        byte[] zeros = new byte[32];
        zeros[1] = 3;

        uint[] words = GptqPacking.PackZeros(zeros, 1, 32, 4, version: 1);

        Assert.Equal(0xffffff2fu, words[0]);
        Assert.Equal(zeros, GptqPacking.UnpackZeros(words, 1, 32, 4, version: 1));
    }

    [Fact]
    public void Awq_interleaves_even_and_odd_outputs() =>
        Assert.Equal([0x75316420u], AwqPacking.Pack([0, 1, 2, 3, 4, 5, 6, 7], 1, 8));

    [Fact]
    public void A_bitmask_has_its_first_weight_in_the_lowest_bit()
    {
        byte[] mask = new byte[1];
        Bitmask.FromWeights([1, 0, 0, 2, 0, 0, 3, 4], mask);

        Assert.Equal(0xc9, mask[0]);

        float[] row = new float[8];
        Assert.Equal(4, Bitmask.Expand(mask, [1, 2, 3, 4], row));
        Assert.Equal([1f, 0, 0, 2, 0, 0, 3, 4], row);
    }
}
