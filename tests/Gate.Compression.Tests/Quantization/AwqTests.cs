using Gate.Compression.Calibration;
using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Quantization;

/// <summary>AWQ's pieces against its definition, computed here token by token in binary64.</summary>
public sealed class AwqTests
{
    private const int Rows = 6, Columns = 24, Group = 8, Tokens = 40;

    private static readonly ComputeThreads One = new(1);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.35)]
    [InlineData(0.95)]
    public void Scales_are_those_of_the_definition(double ratio)
    {
        (float[] weights, float[] inputs) = Data(1);
        double[] x = new double[Columns], w = new double[Columns];
        for (int j = 0; j < Columns; j++)
        {
            for (int token = 0; token < Tokens; token++)
                x[j] += Math.Abs((double)inputs[(token * Columns) + j]) / Tokens;
            for (int row = 0; row < Rows; row++)
            {
                double largest = Enumerable.Range(j / Group * Group, Group).Max(i => Math.Abs((double)weights[(row * Columns) + i]));
                w[j] += Math.Abs((double)weights[(row * Columns) + j]) / (largest + 1e-6) / Rows;
            }
        }

        double[] expected = [.. x.Zip(w, (a, b) => Math.Max(Math.Pow(a, ratio) / (Math.Pow(b, 1 - ratio) + 1e-4), 1e-4))];
        double middle = Math.Sqrt(expected.Max() * expected.Min());
        float[] scales = AwqScales.At(ratio, Statistics(inputs).MeanMagnitudes(), AwqScales.WeightMeans([weights[..48], weights[48..]], Columns, Group));
        for (int j = 0; j < Columns; j++)
            Assert.Equal(expected[j] / middle, scales[j], 1e-5 * expected[j] / middle);
    }

    [Fact]
    public void A_dead_input_and_a_group_of_zeros_get_finite_positive_scales()
    {
        double[] means = AwqScales.WeightMeans([new float[Columns * Rows]], Columns, Group);
        foreach (double ratio in Enumerable.Range(0, AwqScales.Steps).Select(AwqScales.Ratio))
            Assert.All(AwqScales.At(ratio, new double[Columns], means), scale => Assert.True(scale > 0 && float.IsFinite(scale)));
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 2)]
    [InlineData(false, 4)]
    public void Clipping_keeps_the_cut_with_the_least_output_error(bool symmetric, int bits)
    {
        (float[] weights, float[] inputs) = Data(2);
        GridOptions options = new(bits, symmetric);
        float[] clipped = AwqClipping.Clip(weights, Rows, Group, options, Statistics(inputs), One);
        int cuts = 0;
        for (int row = 0; row < Rows; row++)
        {
            for (int start = 0; start < Columns; start += Group)
            {
                float[] group = weights.AsSpan((row * Columns) + start, Group).ToArray();
                float largest = group.Max(Math.Abs), best = largest;
                double least = double.PositiveInfinity;
                for (int step = 0; step < 10; step++)
                {
                    float limit = largest * (float)(1 - (step / 20.0));
                    double error = OutputError(group, [.. group.Select(w => Math.Clamp(w, -limit, limit))], inputs, start, bits, symmetric);
                    if (error < least * (1 - 1e-9))
                        (least, best) = (error, limit);
                }

                cuts += best < largest ? 1 : 0;
                Assert.Equal(group.Select(w => Math.Clamp(w, -best, best)), clipped.AsSpan((row * Columns) + start, Group).ToArray());
            }
        }

        Assert.True(cuts > 0);
    }

    private static double OutputError(float[] group, float[] cut, float[] inputs, int start, int bits, bool symmetric)
    {
        double[] rounded = Round(cut, bits, symmetric);
        double sum = 0;
        for (int token = 0; token < Tokens; token++)
        {
            double difference = 0;
            for (int i = 0; i < group.Length; i++)
                difference += inputs[(token * Columns) + start + i] * (rounded[i] - group[i]);
            sum += difference * difference;
        }

        return sum;
    }

    // The grids of the protocol, written out once more.
    private static double[] Round(float[] values, int bits, bool symmetric)
    {
        float largest = values.Max(Math.Abs), minimum = Math.Min(0, values.Min()), maximum = Math.Max(0, values.Max());
        int half = 1 << (bits - 1), most = (1 << bits) - 1;
        if (symmetric)
        {
            float scale = (float)(largest / (double)(half - 1));
            return [.. values.Select(value => (double)scale * Math.Clamp(MathF.Round(value / scale), 1 - half, half - 1))];
        }

        float step = (float)(((double)maximum - minimum) / most);
        int zero = (int)MathF.Round(-minimum / step);
        return [.. values.Select(value => (double)step * (Math.Clamp(MathF.Round(value / step) + zero, 0, most) - zero))];
    }

    private static InputStatistics Statistics(float[] inputs)
    {
        InputStatistics statistics = new(Columns);
        statistics.Add(inputs.AsSpan(0, 10 * Columns), One);
        statistics.Add(inputs.AsSpan(10 * Columns), One);
        return statistics;
    }

    private static (float[] Weights, float[] Inputs) Data(int seed)
    {
        Random random = new(seed);
        float[] weights = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)(random.NextDouble() - 0.5) * (random.Next(10) == 0 ? 4 : 1))];
        float[] inputs = [.. Enumerable.Range(0, Tokens * Columns).Select(i => (float)(random.NextDouble() - 0.3) * (i % Columns % 7 == 0 ? 9 : 1))];
        return (weights, inputs);
    }
}
