using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Quantization;

public sealed class QuantizationGridPropertyTests
{
    private static readonly Gen<GridOptions> Grids =
        from bits in Gen.Choose(2, 8)
        from symmetric in Gen.Elements(true, false)
        from range in Gen.Elements(SymmetricRange.Restricted, SymmetricRange.Full)
        from clipped in Gen.Elements(true, false)
        from half in Gen.Elements(true, false)
        select new GridOptions(bits, symmetric) { Range = range, HalfScales = half, Clipping = clipped ? new GridClipping(Steps: 10) : null };

    private static readonly Gen<(float[] Weights, int Rows, int Columns, int Group, GridOptions Options)> Cases =
        from rows in Gen.Choose(1, 4)
        from columns in Gen.Choose(1, 20)
        from Group in Gen.Choose(1, 20)
        from options in Grids
        from exponent in Gen.Choose(-30, 10)
        from weights in Gen.Choose(-1000, 1000).Select(value => value % 7 == 0 ? 0f : MathF.ScaleB(value / 512f, exponent)).ArrayOf(rows * columns)
        select (weights, rows, columns, Group, options);

    [Fact]
    public void Codes_are_in_range_zero_stays_zero_and_no_error_exceeds_the_grid() => Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), input =>
    {
        (float[] weights, int rows, int columns, int group, GridOptions options) = input;
        QuantizedMatrix matrix = RoundToNearest.Quantize(weights, rows, columns, group, options, new ComputeThreads(1));
        float[] values = matrix.Dequantize(ComputeThreads.All);
        for (int i = 0; i < weights.Length; i++)
        {
            QuantizationGrid grid = matrix.GridOf(i / columns, i % columns);
            Assert.True(grid.Scale > 0 && float.IsFinite(grid.Scale));
            Assert.InRange(matrix.Codes[i], grid.Low, grid.High);
            Assert.InRange(grid.Zero, 0, options.MaximumCode);
            if (weights[i] == 0)
                Assert.Equal(0f, values[i]);
        }
    }));

    [Fact]
    public void Quantising_the_values_of_a_grid_again_changes_nothing() => Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), input =>
    {
        (float[] weights, int rows, int columns, int group, GridOptions options) = input;
        QuantizedMatrix matrix = RoundToNearest.Quantize(weights, rows, columns, group, options, new ComputeThreads(1));
        float[] values = matrix.Dequantize(ComputeThreads.All);
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(matrix.Codes[i], matrix.GridOf(i / columns, i % columns).Encode(values[i]));
    }));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void The_restricted_grid_holds_both_extremes_exactly_and_is_the_published_one(int bits)
    {
        float[] weights = [-0.7f, 0.7f, 0.1f, -0.33f];
        int most = (1 << (bits - 1)) - 1;
        QuantizationGrid grid = QuantizationGrid.Fit(weights, new GridOptions(bits, Symmetric: true));
        Assert.Equal(0.7f / most, grid.Scale, 1e-7f);
        foreach (float weight in weights)
            Assert.Equal(Math.Clamp((int)MathF.Round(weight / grid.Scale), -most, most), grid.Encode(weight) - grid.Zero);
        Assert.Equal(0.7f, grid.Round(0.7f), 1e-6f);
    }

    [Fact]
    public void A_group_without_negative_weights_saturates_in_the_reference_grid_only()
    {
        float[] weights = [0.1f, 0.5f, 1f];
        Assert.Equal(7f / 15, QuantizationGrid.Fit(weights, new GridOptions(4, true) { Range = SymmetricRange.Reference }).Round(1f), 1e-6f);
        Assert.Equal(14f / 15, QuantizationGrid.Fit(weights, new GridOptions(4, true) { Range = SymmetricRange.Full }).Round(1f), 1e-6f);
        Assert.Equal(1f, QuantizationGrid.Fit(weights, new GridOptions(4, true)).Round(1f), 1e-6f);
    }

    [Fact]
    public void Clipping_never_loses_more_by_its_own_measure()
    {
        float[] weights = [.. Enumerable.Range(0, 64).Select(i => MathF.Sin(i) * (i == 5 ? 4 : 1))];
        foreach (SymmetricRange range in Enum.GetValues<SymmetricRange>())
        {
            GridOptions plain = new(3, true) { Range = range };
            Assert.True(Error(plain with { Clipping = new GridClipping() }) <= Error(plain));
        }

        double Error(GridOptions options)
        {
            QuantizationGrid grid = QuantizationGrid.Fit(weights, options);
            return weights.Sum(weight => Math.Pow(Math.Abs((double)grid.Round(weight) - weight), 2.4));
        }
    }
}
