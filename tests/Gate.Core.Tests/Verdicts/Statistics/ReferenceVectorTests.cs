using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Tests.Verdicts.Statistics;

/// <summary>Published and recomputed reference values of every interval and test.</summary>
public sealed class ReferenceVectorTests
{
    [Fact]
    public void Wilson_for_48_of_50()
    {
        Interval interval = ProportionIntervals.Wilson(48, 50, 0.95);
        Assert.Equal(0.865399, interval.Lower, 5e-7);
        Assert.Equal(0.988961, interval.Upper, 5e-7);
    }

    [Theory]
    [InlineData(0, 59, 0.90, 0, 0.0495076)]
    [InlineData(3, 10, 0.95, 0.0667395, 0.6524529)]
    [InlineData(10, 10, 0.95, 0.6915029, 1)]
    public void Clopper_Pearson(int successes, int trials, double confidence, double lower, double upper)
    {
        Interval interval = ProportionIntervals.ClopperPearson(successes, trials, confidence);
        Assert.Equal(lower, interval.Lower, 1e-6);
        Assert.Equal(upper, interval.Upper, 1e-6);
    }

    [Theory]
    [InlineData(38, 22, 0.051894, 0.039617)]
    [InlineData(12, 2, 0.012939, 0.007385)]
    [InlineData(10, 3, 0.092285, 0.057373)]
    public void McNemar_exact_and_mid_p(int forgotten, int gained, double exact, double midP)
    {
        Assert.Equal(exact, McNemarTest.Exact(forgotten, gained), 5e-7);
        Assert.Equal(midP, McNemarTest.MidP(forgotten, gained), 5e-7);
        Assert.Equal(exact / 2, McNemarTest.Loss(forgotten, gained), 5e-7);
    }

    [Fact]
    public void McNemar_without_flips_and_with_balanced_flips_is_one()
    {
        Assert.Equal(1, McNemarTest.Exact(0, 0));
        Assert.Equal(1, McNemarTest.Exact(7, 7));
        Assert.Equal(1, McNemarTest.Loss(0, 5));
    }

    [Fact]
    public void Newcombe_for_36_12_2_0()
    {
        Interval interval = PairedDifferenceIntervals.Newcombe(36, 12, 2, 0, 0.95);
        Assert.Equal(0.056930, interval.Lower, 5e-7);
        Assert.Equal(0.340428, interval.Upper, 5e-7);
    }

    [Fact]
    public void Newcombe_for_the_worked_example()
    {
        Interval ninety = PairedDifferenceIntervals.Newcombe(582, 22, 38, 358, 0.90);
        Assert.Equal(-0.028814, ninety.Lower, 5e-7);
        Assert.Equal(-0.003181, ninety.Upper, 5e-7);
        Interval ninetyFive = PairedDifferenceIntervals.Newcombe(582, 22, 38, 358, 0.95);
        Assert.Equal(-0.0313, ninetyFive.Lower, 5e-5);
        Assert.Equal(-0.0007, ninetyFive.Upper, 5e-5);
    }

    [Theory]
    [InlineData(12, 2, 50, 0.95, 0.061112, 0.344709)]
    [InlineData(0, 1, 44, 0.95, -0.118077, 0.059393)]
    [InlineData(22, 38, 1000, 0.90, -0.029234, -0.003331)]
    [InlineData(22, 38, 1000, 0.95, -0.031942, -0.000844)]
    public void Tango(int first, int second, int items, double confidence, double lower, double upper)
    {
        Interval interval = PairedDifferenceIntervals.Tango(first, second, items, confidence);
        Assert.Equal(lower, interval.Lower, 5e-7);
        Assert.Equal(upper, interval.Upper, 5e-7);
    }

    [Fact]
    public void Tango_without_any_flip_is_finite_and_symmetric()
    {
        Interval interval = PairedDifferenceIntervals.Tango(0, 0, 100, 0.90);
        Assert.InRange(interval.Upper, 0.01, 0.05);
        Assert.Equal(-interval.Upper, interval.Lower, 1e-9);
    }

    [Theory]
    [InlineData(38, 22, 0.888716)]
    [InlineData(12, 2, 10.882324)]
    [InlineData(30, 10, 23.443987)]
    public void Sign_e_values(int forgotten, int gained, double expected) =>
        Assert.Equal(expected, SignEValue.Mixture(forgotten, gained), 5e-7);

    [Fact]
    public void The_contrast_of_the_worked_example_has_the_printed_mean_and_error()
    {
        (double[] sums, double[] sizes) = Contrast(582, 38, 22, 358, 0.25, 0.95);
        Assert.Equal(0.0025, sums.Sum() / sums.Length, 1e-12);
        Assert.Equal(0.007588, ClusterMeanTest.StandardError(sums, sizes), 5e-7);
    }

    [Fact]
    public void Tilted_test_agrees_with_Tango_at_limit_one_up_to_skewness()
    {
        // At r = 1 and without chance the contrast is the paired difference, and Tango's statistic is its score test.
        TailProbabilities tails = PairedRetentionTest.Test(new PairedCounts(582, 38, 22, 358), 0, 1);
        double z = PairedDifferenceIntervals.TangoStatistic(22, 38, 1000, 0);
        Assert.Equal(NormalDistribution.Cumulative(z), tails.Below, 1e-3);
        Assert.Equal(1, tails.Above + tails.Below, 1e-12);
    }

    [Theory]
    [InlineData(200, 0.1, 29)]
    [InlineData(200, 0.9, 171)]
    [InlineData(400, 0.1, 55)]
    [InlineData(1000, 0.05, 66)]
    [InlineData(1000, 0.95, 934)]
    public void Tilted_test_agrees_with_the_exact_tail_of_skewed_counts(int trials, double share, int successes)
    {
        // With two values the null distribution is a binomial; the tail of a formula that knows no steps is the one that halves the last.
        TailProbabilities tails = TiltedMeanTest.Test([1 - share, -share], [successes, trials - successes], -share, 1 - share);
        double step = BinomialDistribution.Probability(successes, trials, share) / 2;
        Assert.Equal(1, tails.Above / (BinomialDistribution.AtLeast(successes, trials, share) - step), 0.03);
        Assert.Equal(1, tails.Below / (BinomialDistribution.AtMost(successes, trials, share) - step), 0.03);
    }

    [Fact]
    public void Each_bound_of_an_interval_has_the_error_probability_of_its_own_side()
    {
        // A normal estimate with standard error 1: its bounds are quantiles.
        static Estimate Invert(double? limit) => IntervalByInversion.Invert(
            5, 0, 10, at => NormalDistribution.UpperTail(5 - at) <= 0.04, at => NormalDistribution.UpperTail(at - 5) <= 0.005, limit);
        Estimate free = Invert(null);
        Assert.Equal(5 - 1.750686, free.Lower, 1e-6);
        Assert.Equal(5 + 2.575829, free.Upper, 1e-6);

        // A limit between the bounds of two levels lies on the side that the decision says.
        Assert.True(Invert(3).Lower > 3);
        Assert.True(Invert(3.2).Lower > 3.2);
        Assert.True(Invert(3.4).Lower < 3.4);
        Assert.True(Invert(7.4).Upper > 7.4);
        Assert.True(Invert(7.7).Upper < 7.7);
    }

    [Fact]
    public void Sign_flips_enumerate_all_patterns()
    {
        TailProbabilities all = ClusterMeanTest.SignFlips([1, 2, 3, 4, 5]);
        Assert.Equal(1.0 / 32, all.Above);
        Assert.Equal(1, all.Below);
        TailProbabilities mixed = ClusterMeanTest.SignFlips([3, -1, 2]);

        // Sums of ±3 ±1 ±2: 6, 4, 2, 0, 0, -2, -4, -6; observed 4.
        Assert.Equal(2.0 / 8, mixed.Above);
        Assert.Equal(7.0 / 8, mixed.Below);
    }

    private static (double[] Sums, double[] Sizes) Contrast(int kept, int forgotten, int gained, int never, double chance, double limit)
    {
        double[] sums =
        [
            .. Enumerable.Repeat((1 - limit) * (1 - chance), kept), .. Enumerable.Repeat(-limit - ((1 - limit) * chance), forgotten),
            .. Enumerable.Repeat(1 - ((1 - limit) * chance), gained), .. Enumerable.Repeat(-(1 - limit) * chance, never),
        ];
        return (sums, [.. sums.Select(_ => 1.0)]);
    }

    [Fact]
    public void One_cluster_says_nothing()
    {
        Assert.Equal(TailProbabilities.Unknown, ClusterMeanTest.StudentTest([3.0], [5.0]));
        Assert.Equal(TailProbabilities.Unknown, ClusterMeanTest.StudentTest([-3.0], [5.0]));
    }

    [Fact]
    public void The_conditional_test_with_chance_agrees_with_a_search_over_all_shares()
    {
        const int kept = 60, forgotten = 4, gained = 3, never = 13;
        const double chance = 0.25, limit = 0.9;
        const int known = kept + forgotten, unknown = gained + never;
        double expected = (limit * known) + ((1 - limit) * chance * (known + unknown));
        (double best, double q1, double q0) = (double.NegativeInfinity, 0, 0);
        for (int i = 1; i < 1_000_000; i++)
        {
            double first = i / 1e6, second = (expected - (known * first)) / unknown;
            if (second is <= 0 or >= 1)
                continue;
            double likelihood = (kept * Math.Log(first)) + (forgotten * Math.Log(1 - first)) + (gained * Math.Log(second)) + (never * Math.Log(1 - second));
            if (likelihood > best)
                (best, q1, q0) = (likelihood, first, second);
        }

        double above = 0, below = 0;
        for (int right = 0; right <= known; right++)
        {
            for (int guessed = 0; guessed <= unknown; guessed++)
            {
                double probability = BinomialDistribution.Probability(right, known, q1) * BinomialDistribution.Probability(guessed, unknown, q0);
                above += right + guessed >= kept + gained ? probability : 0;
                below += right + guessed <= kept + gained ? probability : 0;
            }
        }

        TailProbabilities tails = PairedRetentionTest.Conditional(new PairedCounts(kept, forgotten, gained, never), chance, limit);
        Assert.Equal(above, tails.Above, 1e-5);
        Assert.Equal(below, tails.Below, 1e-5);
    }
}
