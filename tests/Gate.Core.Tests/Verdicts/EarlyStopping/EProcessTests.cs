using Gate.Core.Verdicts.EarlyStopping;

namespace Gate.Core.Tests.Verdicts.EarlyStopping;

public sealed class EProcessTests
{
    private static readonly int[] Differences = [0, -1, 0, 0, 1, 0, 0, 0, -1, 0];

    private static EProcess Margin(double margin) => new(margin, 0.10, -(1 - margin), 1 + margin);

    [Fact]
    public void Ten_paired_differences_give_the_reference_evidence()
    {
        EProcess process = Margin(0.02);
        List<(double Above, double Below)> evidence = [];
        foreach (int difference in Differences)
        {
            process.Add(difference + 0.02);
            evidence.Add((Math.Exp(process.LogAbove), Math.Exp(process.LogBelow)));
        }

        Assert.Equal(10, process.Observations);
        Close((1.0037351, 0.9962649), evidence[0]);
        Close((0.8196842, 1.1782499), evidence[1]);
        Close((0.8051698, 1.0740721), evidence[9]);

        static void Close((double Above, double Below) expected, (double Above, double Below) actual)
        {
            Assert.Equal(expected.Above, actual.Above, 5e-8);
            Assert.Equal(expected.Below, actual.Below, 5e-8);
        }
    }

    [Theory]
    [InlineData(0.02, 531)]
    [InlineData(0.03, 238)]
    [InlineData(0.05, 91)]
    [InlineData(0.01, 2109)]
    public void Without_any_flip_the_margin_is_shown_after_the_reference_number_of_items(double margin, int expected)
    {
        EProcess process = Margin(margin);
        while (process.LogAbove < Math.Log(20))
            process.Add(margin);
        Assert.Equal(expected, process.Observations);
    }

    [Theory]
    [InlineData(1, 0.4500, 0.7728, 5e-5)]
    [InlineData(10, 0.449993, 0.103257, 5e-7)]
    [InlineData(100, 0.449974, 0.030611, 5e-7)]
    public void The_empirical_Bernstein_sequence_has_its_reference_values(int repetitions, double centre, double half, double tolerance)
    {
        EmpiricalBernsteinSequence sequence = new(0.05);
        for (int i = 0; i < repetitions; i++)
        {
            foreach (int difference in Differences)
                sequence.Add((1 + difference) / 2.0);
        }

        Assert.Equal(centre, sequence.Centre, tolerance);
        Assert.Equal(half, sequence.HalfWidth, tolerance);
    }

    [Fact]
    public void Observations_outside_the_bounds_are_refused_because_they_would_void_the_guarantee()
    {
        EProcess process = Margin(0.02);
        foreach (double observation in new[] { 1.03, -0.99, double.NaN, double.PositiveInfinity })
            Assert.Throws<ArgumentOutOfRangeException>(() => process.Add(observation));
        Assert.Equal(0, process.Observations);
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmpiricalBernsteinSequence(0.05).Add(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EProcess(0, 0.1, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EProcess(0.02, 0, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EProcess(0.02, 0.1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EProcess(0.02, 0.1, -1, double.NaN));
    }

    [Fact]
    public void The_expected_evidence_never_grows_under_its_hypothesis()
    {
        // One step from every two-point distribution with mean zero: the expected factor must be 1.
        foreach (double low in new[] { -0.98, -0.5, -0.02 })
        {
            foreach (double high in new[] { 0.02, 0.4, 1.02 })
            {
                double shareHigh = -low / (high - low);
                EProcess up = Margin(0.02);
                up.Add(high);
                EProcess down = Margin(0.02);
                down.Add(low);
                Assert.Equal(1, (shareHigh * Math.Exp(up.LogAbove)) + ((1 - shareHigh) * Math.Exp(down.LogAbove)), 1e-12);
                Assert.Equal(1, (shareHigh * Math.Exp(up.LogBelow)) + ((1 - shareHigh) * Math.Exp(down.LogBelow)), 1e-12);
            }
        }
    }
}
