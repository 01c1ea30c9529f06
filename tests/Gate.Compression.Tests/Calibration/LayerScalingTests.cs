using Gate.Compression.Calibration.Folding;

namespace Gate.Compression.Tests.Calibration;

public sealed class LayerScalingTests
{
    [Theory]
    [InlineData(1, true, true)]
    [InlineData(16, true, false)]
    [InlineData(37, false, true)]
    [InlineData(37, true, true)]
    [InlineData(37, false, false)]
    public void Every_weight_is_multiplied_by_its_columns_scale_then_divided_by_its_rows(int columns, bool byColumn, bool byRow)
    {
        const int Rows = 5;
        float[] weights = Values(Rows * columns, 1);
        float[]? c = byColumn ? Values(columns, 2) : null, r = byRow ? Values(Rows, 3) : null;
        LayerScaling scaling = new(c, r);
        Assert.Equal(weights.Select((weight, i) => weight * (c?[i % columns] ?? 1) / (r?[i / columns] ?? 1)), scaling.Apply(weights, columns));
        for (int row = 0; row < Rows; row++)
        {
            float[] values = weights[(row * columns)..((row + 1) * columns)];
            float[] expected = [.. values.Select((value, column) => value / (c?[column] ?? 1) * (r?[row] ?? 1))];
            scaling.Undo(row, values);
            Assert.Equal(expected, values);
        }
    }

    private static float[] Values(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() + 0.1f)];
    }
}
