using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Quantization;

public sealed class ImportanceRoundingTests
{
    private static readonly Gen<(float[] Weights, double[] Squares, GridOptions Options)> Cases =
        from columns in Gen.Choose(1, 32)
        from bits in Gen.Choose(2, 5)
        from symmetric in Gen.Elements(true, false)
        from elements in Gen.Elements(GridElements.Integer, GridElements.Float4E2M1, GridElements.NormalFloat4)
        from weights in Gen.Choose(-1000, 1000).Select(value => value % 7 == 0 ? 0f : value / 512f).ArrayOf(columns)
        from squares in Gen.Choose(0, 1000).Select(value => value * value / 1000.0).ArrayOf(columns)
        select (weights, squares, elements == GridElements.Integer ? new GridOptions(bits, symmetric) { HalfScales = true } : new GridOptions(4, true) { Elements = elements });

    [Fact]
    public void No_group_is_worse_than_with_its_whole_range_and_zero_stays_zero() => Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), input =>
    {
        (float[] weights, double[] squares, GridOptions options) = input;
        ComputeThreads one = new(1);
        float[] fitted = ImportanceRounding.Quantize(weights, 1, 8, options, squares, one).Dequantize(ComputeThreads.All);
        float[] plain = RoundToNearest.Quantize(weights, 1, weights.Length, 8, options, one).Dequantize(ComputeThreads.All);
        for (int start = 0; start < weights.Length; start += 8)
        {
            int end = Math.Min(start + 8, weights.Length);
            Assert.True(Error(weights, fitted, squares, start, end) <= Error(weights, plain, squares, start, end) * (1 + 1e-12));
        }

        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0)
                Assert.Equal(0f, fitted[i]);
        }
    }));

    [Fact]
    public void The_fitted_scale_comes_close_to_the_best_of_all_scales()
    {
        Random random = new(3);
        double fitted = 0, best = 0, plain = 0;
        for (int trial = 0; trial < 60; trial++)
        {
            float[] weights = [.. Enumerable.Range(0, 32).Select(_ => (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) / 10))];
            double[] squares = [.. Enumerable.Range(0, 32).Select(_ => Math.Pow(random.NextDouble(), 4) * 10)];
            float[] values = ImportanceRounding.Quantize(weights, 1, null, new GridOptions(3, true), squares, new ComputeThreads(1)).Dequantize(ComputeThreads.All);
            fitted += Error(weights, values, squares, 0, 32);
            plain += Error(weights, RoundToNearest.Quantize(weights, 1, 32, null, new GridOptions(3, true), new ComputeThreads(1)).Dequantize(ComputeThreads.All), squares, 0, 32);
            float largest = weights.Max(Math.Abs);
            best += Enumerable.Range(1, 4000).Min(step =>
            {
                float scale = largest / 3 * step / 2000;
                return Error(weights, [.. weights.Select(w => scale * Math.Clamp(MathF.Round(w / scale), -3, 3))], squares, 0, 32);
            });
        }

        Assert.InRange(fitted, best * (1 - 1e-6), best * 1.03);
        Assert.True(fitted < 0.8 * plain, $"fitted {fitted}, plain {plain}");
    }

    private static double Error(float[] weights, float[] values, double[] squares, int start, int end)
    {
        double row = weights.Sum(w => (double)w * w) / weights.Length;
        return Enumerable.Range(start, end - start).Sum(i =>
            squares[i] * Math.Sqrt(row + ((double)weights[i] * weights[i])) * Math.Pow((double)values[i] - weights[i], 2));
    }
}
