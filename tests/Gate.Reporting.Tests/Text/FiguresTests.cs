using Gate.Reporting.Text;
using Gate.Results;
using Gate.Tests.Samples;

namespace Gate.Reporting.Tests.Text;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0.9496, 0.95, 3, "0.950")]
    [InlineData(0.94996, 0.95, 5, "0.94996")]
    [InlineData(0.9, 0.95, 3, "0.900")]
    [InlineData(12.0, 10.0, 0, "12")]
    [InlineData(0.5, 0.12345, 5, "0.50000")]
    public void A_value_never_looks_like_a_limit_it_does_not_meet(double value, double limit, int decimals, string shown)
    {
        RuleResult rule = SampleResults.Pass.Verdict.Rules[0] with { Limit = limit, Measured = new Estimate(value, value, value) };
        int chosen = Figures.DecimalsOf(rule);
        Assert.Equal(value == 0.9496 ? 4 : decimals, chosen);
        Assert.Equal(value == 0.9496 ? "0.9496" : shown, Figures.Fixed(value, chosen));
    }

    [Fact]
    public void What_is_not_a_number_is_never_shown_as_one()
    {
        Assert.Equal("n/a", Figures.Score(double.NaN));
        Assert.Equal("n/a", Figures.Score(null));
        Assert.Equal("[-∞, ∞]", Figures.Interval(new Estimate(1, double.NegativeInfinity, double.PositiveInfinity)));
        Assert.Equal("0.000", Figures.Score(-0.0001));
        Assert.Equal("n/a", Figures.Percent(double.NaN));
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1,023 bytes")]
    [InlineData(1536, "1.5 KiB (1,536 bytes)")]
    [InlineData(long.MaxValue, "8388608 TiB (9,223,372,036,854,775,807 bytes)")]
    public void Bytes_have_a_unit_and_are_exact(long bytes, string shown) => Assert.Equal(shown, Figures.Bytes(bytes));
}
