using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Tests.Verdicts.Statistics;

public sealed class DistributionTests
{
    [Theory]
    [InlineData(0.5, 0.57236494292470008707)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(10, 12.801827480081469611)]
    [InlineData(1001, 5912.1281784881633)]
    [InlineData(1e-3, 6.907178885383854)]
    public void Log_gamma_agrees_with_reference_values(double x, double expected) =>
        Assert.Equal(expected, GammaFunction.Log(x), 1e-12 * Math.Max(1, Math.Abs(expected)));

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1.6448536269514722, 0.05)]
    [InlineData(1.9599639845400545, 0.025)]
    [InlineData(3, 0.0013498980316300946)]
    [InlineData(6, 9.8658764503769814e-10)]
    [InlineData(10, 7.6198530241605261e-24)]
    public void Normal_tails_and_quantiles_agree_with_reference_values(double z, double tail)
    {
        Assert.Equal(tail, NormalDistribution.UpperTail(z), tail * 1e-11);
        Assert.Equal(tail, NormalDistribution.Cumulative(-z), tail * 1e-11);
        Assert.Equal(-z, NormalDistribution.Quantile(tail), 1e-10);
    }

    [Fact]
    public void Normal_quantiles_invert_the_distribution_over_the_whole_range()
    {
        for (double p = 1e-12; p < 0.9999; p = (p * 1.7) + 1e-6)
            Assert.Equal(p, NormalDistribution.Cumulative(NormalDistribution.Quantile(p)), p * 1e-9);
    }

    [Theory]
    [InlineData(0.05, 1, 6.3137515146750431)]
    [InlineData(0.05, 10, 1.8124611228107335)]
    [InlineData(0.025, 30, 2.0422724563012373)]
    [InlineData(0.005, 4, 4.6040948713499909)]
    [InlineData(0.05, 999, 1.6463803454275077)]
    public void Student_quantiles_agree_with_printed_tables(double tail, double degrees, double expected)
    {
        Assert.Equal(expected, StudentT.Quantile(1 - tail, degrees), 1e-9);
        Assert.Equal(tail, StudentT.UpperTail(expected, degrees), 1e-11);
        Assert.Equal(1 - tail, StudentT.UpperTail(-expected, degrees), 1e-11);
    }

    [Fact]
    public void Binomial_tails_equal_sums_of_probabilities()
    {
        foreach ((int n, double p) in new[] { (1, 0.3), (7, 0.5), (40, 0.05), (301, 0.97) })
        {
            double cumulative = 0;
            for (int k = 0; k <= n; k++)
            {
                Assert.Equal(1 - cumulative, BinomialDistribution.AtLeast(k, n, p), 1e-11);
                cumulative += BinomialDistribution.Probability(k, n, p);
                Assert.Equal(cumulative, BinomialDistribution.AtMost(k, n, p), 1e-11);
            }

            Assert.Equal(1, cumulative, 1e-11);
        }
    }

    [Fact]
    public void Beta_quantiles_invert_the_distribution()
    {
        foreach ((double a, double b) in new[] { (0.5, 0.5), (1, 59), (20, 3.5), (400, 800) })
        {
            foreach (double p in new[] { 0.001, 0.05, 0.5, 0.95, 0.999 })
                Assert.Equal(p, BetaDistribution.Cumulative(BetaDistribution.Quantile(p, a, b), a, b), 1e-10);
        }
    }

    [Fact]
    public void Random_streams_depend_on_seed_and_stream_only_and_are_uniform()
    {
        var first = new CounterRandom(7, 12);
        var again = new CounterRandom(7, 12);
        var other = new CounterRandom(7, 13);
        ulong bits = first.NextBits();
        Assert.Equal(bits, again.NextBits());
        Assert.NotEqual(bits, other.NextBits());

        int[] counts = new int[10];
        for (int i = 0; i < 100_000; i++)
            counts[first.Next(10)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }
}
