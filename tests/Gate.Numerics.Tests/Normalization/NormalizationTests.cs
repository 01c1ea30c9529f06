using Gate.Numerics.Normalization;

namespace Gate.Numerics.Tests.Normalization;

public sealed class NormalizationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(2048)]
    public void Both_norms_are_near_their_formulas_in_double(int columns)
    {
        const int rows = 3;
        float[] x = Numbers.Uniform(rows * columns, 1), weight = Numbers.Uniform(columns, 2), bias = Numbers.Uniform(columns, 3);
        float[] rms = new float[x.Length], gemma = new float[x.Length], layer = new float[x.Length], plain = new float[x.Length];
        RmsNorm.Apply(x, weight, 1e-5f, rms, rows, columns);
        RmsNorm.Apply(x, weight, 1e-5f, gemma, rows, columns, weightOffset: 1f);
        LayerNorm.Apply(x, weight, bias, 1e-5f, layer, rows, columns);
        LayerNorm.Apply(x, [], [], 1e-5f, plain, rows, columns);
        for (int row = 0; row < rows; row++)
        {
            float[] values = x[(row * columns)..((row + 1) * columns)];
            double mean = values.Average(value => (double)value);
            double root = Math.Sqrt(values.Average(value => (double)value * value) + 1e-5);
            double deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + 1e-5);
            for (int i = 0; i < columns; i++)
            {
                int at = (row * columns) + i;
                Assert.Equal(values[i] / root * weight[i], rms[at], 2e-6);
                Assert.Equal(values[i] / root * (1 + weight[i]), gemma[at], 4e-6);
                Assert.Equal((values[i] - mean) / deviation, plain[at], 4e-6);
                Assert.Equal(((values[i] - mean) / deviation * weight[i]) + bias[i], layer[at], 4e-6);
            }
        }
    }

    [Fact]
    public void A_row_has_the_same_bits_alone_in_place_and_among_others()
    {
        const int rows = 5, columns = 93;
        float[] x = Numbers.Uniform(rows * columns, 1), weight = Numbers.Uniform(columns, 2), bias = Numbers.Uniform(columns, 3);
        float[] all = new float[x.Length], allLayer = new float[x.Length];
        RmsNorm.Apply(x, weight, 1e-6f, all, rows, columns);
        LayerNorm.Apply(x, weight, bias, 1e-6f, allLayer, rows, columns);
        for (int row = 0; row < rows; row++)
        {
            float[] one = x[(row * columns)..((row + 1) * columns)], layer = [.. one];
            RmsNorm.Apply(one, weight, 1e-6f, one, 1, columns);
            LayerNorm.Apply(layer, weight, bias, 1e-6f, layer, 1, columns);
            Numbers.AssertSameBits(all.AsSpan(row * columns, columns), one);
            Numbers.AssertSameBits(allLayer.AsSpan(row * columns, columns), layer);
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RmsNorm.Apply(new float[8], new float[3], 1e-5f, new float[8], 2, 4));
        Assert.Throws<ArgumentException>(() => RmsNorm.Apply(new float[7], new float[4], 1e-5f, new float[8], 2, 4));
        Assert.Throws<ArgumentException>(() => LayerNorm.Apply(new float[8], new float[4], new float[3], 1e-5f, new float[8], 2, 4));
        Assert.Throws<ArgumentException>(() => LayerNorm.Apply(new float[8], new float[4], [], 1e-5f, new float[7], 2, 4));
    }
}
