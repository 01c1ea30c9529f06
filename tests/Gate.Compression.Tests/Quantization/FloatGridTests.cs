using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Quantization;

public sealed class FloatGridTests
{
    private static readonly GridElements[] Kinds = [GridElements.Float8E4M3, GridElements.NormalFloat4, GridElements.Float4E2M1];

    private static readonly Gen<(float[] Weights, int Rows, int Columns, int Group, GridElements Elements, bool Half)> Cases =
        from rows in Gen.Choose(1, 4)
        from columns in Gen.Choose(1, 40)
        from Group in Gen.Choose(1, 40)
        from elements in Gen.Elements(Kinds)
        from half in Gen.Elements(true, false)
        from exponent in Gen.Choose(-8, 6)
        from weights in Gen.Choose(-1000, 1000).Select(value => value % 7 == 0 ? 0f : MathF.ScaleB(value / 512f, exponent)).ArrayOf(rows * columns)
        select (weights, rows, columns, Group, elements, half);

    [Fact]
    public void Every_weight_goes_to_the_nearest_element_and_zero_stays_zero() => Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), input =>
    {
        (float[] weights, int rows, int columns, int group, GridElements elements, bool half) = input;
        QuantizedMatrix matrix = RoundToNearest.Quantize(weights, rows, columns, group, Options(elements) with { HalfScales = half }, new ComputeThreads(1));
        float[] values = matrix.Dequantize(ComputeThreads.All);
        double[] all = [.. Elements(elements)];
        for (int i = 0; i < weights.Length; i++)
        {
            float scale = matrix.GridOf(i / columns, i % columns).Scale;
            Assert.True(scale > 0 && float.IsFinite(scale));
            double nearest = all.Min(element => Math.Abs(element - (double)weights[i] / scale));

            // The division is in binary32, so an element is the nearest up to its rounding.
            Assert.InRange(Math.Abs((values[i] / (double)scale) - ((double)weights[i] / scale)), 0, nearest + (1e-6 * all.Max()));
            if (weights[i] == 0)
                Assert.Equal(0f, values[i]);
        }
    }));

    [Fact]
    public void Scales_are_those_of_the_formats()
    {
        float[] weights = [0.3f, -0.9f, 0.01f, 0f];
        Assert.Equal(0.9f / 448, QuantizationGrid.Fit(weights, Options(GridElements.Float8E4M3)).Scale, 1e-9f);
        Assert.Equal(0.9f, QuantizationGrid.Fit(weights, Options(GridElements.NormalFloat4)).Scale);

        // ⌊log₂ 0.9⌋ = −1, and the largest element, 6, has the exponent 2.
        Assert.Equal(MathF.ScaleB(1, -3), QuantizationGrid.Fit(weights, Options(GridElements.Float4E2M1)).Scale);
        Assert.Equal(6f / 8, QuantizationGrid.Fit(weights, Options(GridElements.Float4E2M1)).Round(0.9f));
        foreach (GridElements elements in Kinds)
            Assert.Equal(1f, QuantizationGrid.Fit([0f, 0f], Options(elements)).Scale);
    }

    [Fact]
    public void One_range_over_the_tensor_gives_every_row_the_same_scale()
    {
        float[] weights = [0.1f, -0.2f, 3f, 1f];
        GridOptions options = Options(GridElements.Float8E4M3) with { WholeRange = QuantizationGrid.RangeOf(weights) };
        QuantizedMatrix matrix = RoundToNearest.Quantize(weights, 2, 2, null, options, new ComputeThreads(1));
        Assert.Equal(3f / 448, matrix.Grids[0].Scale);
        Assert.Equal(matrix.Grids[0], matrix.Grids[1]);
    }

    private static GridOptions Options(GridElements elements) => new(elements == GridElements.Float8E4M3 ? 8 : 4, Symmetric: true) { Elements = elements };

    // The element sets from their definitions, not from the tables of the product.
    private static IEnumerable<double> Elements(GridElements elements) => elements switch
    {
        GridElements.Float8E4M3 =>
            from sign in new[] { -1, 1 }
            from exponent in Enumerable.Range(0, 16)
            from mantissa in Enumerable.Range(0, 8)
            where (exponent, mantissa) != (15, 7)
            select sign * (exponent == 0 ? mantissa / 8.0 * Math.Pow(2, -6) : (1 + (mantissa / 8.0)) * Math.Pow(2, exponent - 7)),
        GridElements.Float4E2M1 => [-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6],
        _ => NormalFloat4.Values.ToArray().Select(value => (double)value),
    };
}
