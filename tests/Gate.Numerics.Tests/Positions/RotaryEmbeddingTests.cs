using Gate.Numerics.Positions;

namespace Gate.Numerics.Tests.Positions;

public sealed class RotaryEmbeddingTests
{
    [Theory]
    [InlineData(3, 64, 64)]
    [InlineData(2, 80, 32)]
    [InlineData(4, 8, 8)]
    [InlineData(1, 100, 70)]
    public void Pairs_half_a_rotation_apart_turn_and_the_rest_stays(int heads, int dimension, int rotary)
    {
        int half = rotary / 2;
        float[] row = Numbers.Uniform(heads * dimension, 1), found = [.. row];
        float[] angles = [.. Numbers.Uniform(half, 2).Select(value => 3 * value)];
        float[] cos = [.. angles.Select(MathF.Cos)], sin = [.. angles.Select(MathF.Sin)];
        RotaryEmbedding.Apply(found, heads, dimension, rotary, cos, sin);
        for (int i = 0; i < row.Length; i++)
        {
            int inHead = i % dimension;
            double expected = inHead >= rotary ? row[i]
                : inHead < half ? ((double)row[i] * cos[inHead]) - ((double)row[i + half] * sin[inHead])
                : ((double)row[i] * cos[inHead - half]) + ((double)row[i - half] * sin[inHead - half]);
            Assert.Equal(expected, found[i], 3e-7);
        }
    }

    [Fact]
    public void Every_width_has_the_bits_of_the_single_pair()
    {
        float[] cos = Numbers.Uniform(40, 3), sin = Numbers.Uniform(40, 4);
        for (int half = 1; half <= 40; half++)
        {
            float[] row = Numbers.Uniform(2 * half, half), found = [.. row];
            RotaryEmbedding.Apply(found, 1, 2 * half, 2 * half, cos, sin);
            for (int i = 0; i < half; i++)
            {
                float[] pair = [row[i], row[i + half]];
                RotaryEmbedding.Apply(pair, 1, 2, 2, cos.AsSpan(i), sin.AsSpan(i));
                Numbers.AssertSameBits(pair, [found[i], found[i + half]]);
            }
        }
    }

    [Fact]
    public void Odd_and_oversized_rotations_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RotaryEmbedding.Apply(new float[8], 1, 8, 3, new float[8], new float[8]));
        Assert.Throws<ArgumentException>(() => RotaryEmbedding.Apply(new float[8], 1, 8, 10, new float[8], new float[8]));
        Assert.Throws<ArgumentException>(() => RotaryEmbedding.Apply(new float[7], 1, 8, 8, new float[8], new float[8]));
        Assert.Throws<ArgumentException>(() => RotaryEmbedding.Apply(new float[8], 1, 8, 8, new float[3], new float[8]));
    }
}
