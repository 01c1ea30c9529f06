using Gate.Numerics.PackedWeights;

namespace Gate.Numerics.Tests.PackedWeights;

/// <summary>Write, then read: the same codes, for random shapes and every number of bits.</summary>
public sealed class PackingRoundTripTests
{
    [Fact]
    public void Dense_and_padded_words_give_every_code_back()
    {
        Random random = new(1);
        for (int trial = 0; trial < 400; trial++)
        {
            int bits = random.Next(1, 9);
            byte[] codes = Codes(random, random.Next(0, 200), bits);
            uint[] dense = new uint[BitPacking.DenseWordCount(codes.Length, bits)];
            uint[] padded = new uint[BitPacking.PaddedWordCount(codes.Length, bits)];
            BitPacking.PackDense(codes, bits, dense);
            BitPacking.PackPadded(codes, bits, padded);
            byte[] read = new byte[codes.Length];

            BitPacking.UnpackDense(dense, bits, read);
            Assert.Equal(codes, read);
            BitPacking.UnpackPadded(padded, bits, read);
            Assert.Equal(codes, read);
            if (32 % bits == 0)
                Assert.Equal(dense, padded);
        }
    }

    [Fact]
    public void Compressed_tensors_matrices_and_zero_points_come_back()
    {
        Random random = new(2);
        for (int trial = 0; trial < 200; trial++)
        {
            int bits = random.Next(2, 9);
            bool dense = random.Next(2) == 0;
            int rows = random.Next(1, 20);
            int columns = random.Next(1, 70);
            sbyte[] codes = [.. Codes(random, rows * columns, bits).Select(code => (sbyte)(code - (1 << (bits - 1))))];

            uint[] words = CompressedTensorsPacking.Pack(codes, rows, columns, bits, dense);
            int wordsPerRow = CompressedTensorsPacking.WordsPerRow(columns, bits, dense);
            sbyte[] row = new sbyte[columns];
            for (int r = 0; r < rows; r++)
            {
                CompressedTensorsPacking.UnpackRow(words.AsSpan(r * wordsPerRow, wordsPerRow), bits, dense, row);
                Assert.Equal(codes.AsSpan(r * columns, columns).ToArray(), row);
            }

            uint[] zeros = CompressedTensorsPacking.PackZeros(codes, rows, columns, bits, dense);
            Assert.Equal(CompressedTensorsPacking.WordsPerRow(rows, bits, dense) * columns, zeros.Length);
            Assert.Equal(codes, CompressedTensorsPacking.UnpackZeros(zeros, rows, columns, bits, dense));
        }
    }

    [Fact]
    public void Gptq_and_awq_matrices_come_back()
    {
        Random random = new(3);
        int[] gptqBits = [2, 3, 4, 8];
        for (int trial = 0; trial < 200; trial++)
        {
            int bits = gptqBits[random.Next(4)];
            int outputs = random.Next(1, 10);
            int inputs = 32 * random.Next(1, 4);
            byte[] codes = Codes(random, outputs * inputs, bits);
            Assert.Equal(codes, GptqPacking.UnpackWeights(GptqPacking.PackWeights(codes, outputs, inputs, bits), outputs, inputs, bits));

            int version = random.Next(1, 3);
            Assert.Equal(codes, GptqPacking.UnpackZeros(GptqPacking.PackZeros(codes, outputs, inputs, bits, version), outputs, inputs, bits, version));

            byte[] nibbles = Codes(random, outputs * inputs, 4);
            Assert.Equal(nibbles, AwqPacking.Unpack(AwqPacking.Pack(nibbles, outputs, inputs), outputs, inputs));
        }
    }

    [Fact]
    public void A_code_that_does_not_fit_is_refused_and_not_spilt_into_its_neighbour() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BitPacking.PackDense([1, 8, 1], 3, new uint[1]));

    private static byte[] Codes(Random random, int count, int bits)
    {
        byte[] codes = new byte[count];
        for (int i = 0; i < count; i++)
            codes[i] = (byte)random.Next(1 << bits);
        return codes;
    }
}
