using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Quantization;

/// <summary>Runs of weights get the codes and values that one weight at a time gets, bit for bit.</summary>
public sealed class GridSpanTests
{
    private static readonly Gen<GridOptions> Options =
        from bits in Gen.Choose(2, 8)
        from symmetric in Gen.Elements(true, false)
        from range in Gen.Elements(SymmetricRange.Restricted, SymmetricRange.Full, SymmetricRange.Reference)
        from elements in Gen.Elements(Enum.GetValues<GridElements>())
        from half in Gen.Elements(true, false)
        select new GridOptions(bits, symmetric) { Range = elements == GridElements.Integer ? range : SymmetricRange.Restricted, HalfScales = half, Elements = elements };

    private static readonly Gen<float[]> Weights =
        from length in Gen.Choose(1, 150)
        from exponent in Gen.Choose(-40, 20)
        from weights in Gen.Choose(-100_000, 100_000).Select(value => value % 11 == 0 ? 0f : value % 13 == 0 ? -0f : MathF.ScaleB(value / 65536f, exponent)).ArrayOf(length)
        select weights;

    [Fact]
    public void Every_code_value_and_element_is_that_of_the_single_weight() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(
        Weights.Zip(Options).ToArbitrary(), input =>
        {
            (float[] weights, GridOptions options) = input;
            var grid = QuantizationGrid.Fit(weights, options);
            byte[] codes = new byte[weights.Length];
            float[] decoded = new float[weights.Length], rounded = new float[weights.Length], elements = new float[weights.Length];
            grid.Encode(weights, codes);
            grid.Decode(codes, decoded);
            grid.Round(weights, rounded);
            grid.RoundToElements(weights, elements);
            for (int i = 0; i < weights.Length; i++)
            {
                Assert.Equal(grid.Encode(weights[i]), codes[i]);
                Same(grid.Decode(codes[i]), decoded[i]);
                Same(grid.Round(weights[i]), rounded[i]);
                Same(grid.Element(codes[i]), elements[i]);
            }
        }));

    [Theory]
    [InlineData(GridElements.Float8E4M3, 256)]
    [InlineData(GridElements.Float4E2M1, 16)]
    [InlineData(GridElements.NormalFloat4, 16)]
    public void Every_code_there_is_stands_for_the_same_value_alone_and_in_a_run(GridElements elements, int count)
    {
        QuantizationGrid grid = new(0.75f, 0, 0, count - 1, elements);
        byte[] codes = [.. Enumerable.Range(0, count).Select(code => (byte)code)];
        float[] values = new float[count];
        grid.Decode(codes, values);
        foreach (byte code in codes)
            Same(grid.Decode(code), values[code]);
    }

    [Theory]
    [InlineData(GridElements.Float8E4M3)]
    [InlineData(GridElements.Float4E2M1)]
    [InlineData(GridElements.NormalFloat4)]
    public void Values_half_way_between_elements_beyond_the_last_one_and_next_to_both_go_where_the_single_weight_goes(GridElements elements)
    {
        QuantizationGrid grid = new(1f, 0, 0, 255, elements);
        int count = elements == GridElements.Float8E4M3 ? 256 : 16;
        float[] values = [.. Enumerable.Range(0, count).Select(grid.Decode).Where(float.IsFinite).Distinct().Order()];
        float[] middles = [.. values.Zip(values.Skip(1), (a, b) => (float)(((double)a + b) / 2))];
        float[] weights = [.. values.Concat(middles).SelectMany(value => (float[])[value, MathF.BitIncrement(value), MathF.BitDecrement(value)]), 1e30f, -1e30f, 1e-40f, -1e-40f, 0f, -0f];
        byte[] codes = new byte[weights.Length];
        grid.Encode(weights, codes);
        Assert.Equal(weights.Select(grid.Encode), codes);
    }

    [Fact]
    public void Scales_in_binary16_are_the_nearest_ones_everywhere()
    {
        var random = new Random(1);
        GridOptions options = new(8, Symmetric: true) { HalfScales = true };
        for (int i = 0; i < 100_000; i++)
        {
            // Magnitudes from below the subnormal halves to beyond the largest, and values half way between neighbours.
            float largest = MathF.ScaleB(random.Next(1 << 12) / 2048f, random.Next(-24, 24));
            double scale = largest / 127.0;
            float expected = scale == 0 ? 1f : (float)(Half)Math.Clamp(scale, (double)Half.Epsilon, (double)Half.MaxValue);
            Same(expected, QuantizationGrid.Fit([largest], options).Scale);
        }
    }

    [Fact]
    public void Rounding_a_row_gives_the_values_of_its_quantised_matrix() => Check.QuickThrowOnFailure(Prop.ForAll(
        Weights.Zip(Options).Zip(Gen.Choose(1, 70)).ToArbitrary(), input =>
        {
            ((float[] weights, GridOptions options), int groupSize) = input;
            float[] rounded = new float[weights.Length];
            RoundToNearest.Round(weights, groupSize, options, rounded);
            float[] expected = RoundToNearest.Quantize(weights, 1, weights.Length, groupSize, options, ComputeThreads.All).Dequantize(ComputeThreads.All);
            for (int i = 0; i < weights.Length; i++)
                Same(expected[i], rounded[i]);
        }));

    // The sign of a NaN means nothing, that of a zero does.
    private static void Same(float expected, float actual)
    {
        if (!float.IsNaN(expected) || !float.IsNaN(actual))
            Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(actual));
    }
}
