using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Tests.Verdicts.Statistics;

public sealed class LimitTestTests
{
    [Fact]
    public void The_weight_of_the_empirical_likelihood_is_the_one_that_bisection_finds_to_the_last_bit()
    {
        for (int run = 0; run < 3000; run++)
        {
            var random = new Random(run);
            double[] values = new double[random.Next(2, 60)];
            for (int i = 0; i < values.Length; i++)
                values[i] = random.Next(4) == 0 ? 0 : Math.Round((random.NextDouble() - 0.3) * Math.Pow(10, random.Next(3)), random.Next(1, 8));
            int[] counts = run % 2 == 0 ? [] : [.. values.Select(_ => random.Next(40))];
            double mean = values.Select((value, i) => value * (counts.Length == 0 ? 1 : counts[i])).Sum();
            double bound = mean >= 0 ? Math.Min(-0.5, values.Min()) : Math.Max(0.5, values.Max());
            Assert.Equal(Bisected(values, counts, -1 / bound, mean), EmpiricalLikelihoodWeight.Solve(values, counts, -1 / bound, mean));
        }
    }

    private static double Bisected(double[] values, int[] counts, double limit, double mean)
    {
        if (Keeps(limit))
            return limit;
        (double near, double far) = (0, limit);
        while (0.5 * (near + far) is double middle && middle != near && middle != far)
            (near, far) = Keeps(middle) ? (middle, far) : (near, middle);
        return 0.5 * (near + far);

        bool Keeps(double lambda)
        {
            double score = 0;
            for (int i = 0; i < values.Length; i++)
            {
                int count = counts.Length == 0 ? 1 : counts[i];
                if (count > 0 && 1 + (lambda * values[i]) <= 0)
                    return false;
                score += count == 0 ? 0 : count * values[i] / (1 + (lambda * values[i]));
            }

            return mean >= 0 ? score > 0 : score < 0;
        }
    }

    [Fact]
    public void A_limit_is_shown_exactly_when_its_p_value_is_small_enough_and_is_worked_out_once()
    {
        int worked = 0;
        TailProbabilities Normal(double limit)
        {
            worked++;
            return new(NormalDistribution.UpperTail((0.9 - limit) / 0.02), NormalDistribution.UpperTail((limit - 0.9) / 0.02));
        }

        foreach (bool nearby in new[] { false, true })
        {
            var test = new LimitTest(Normal, nearby);
            LimitTest doubled = test.Through(limit => limit / 2);
            for (double limit = 0.8; limit <= 1; limit += 0.001)
            {
                foreach (double level in new[] { 0.01, 0.04, 0.05, 0.2 })
                {
                    Assert.Equal(test.At(limit).Above <= level, test.ShowsAbove(limit, level));
                    Assert.Equal(test.At(limit).Below <= level, test.ShowsBelow(limit, level));
                    Assert.Equal(test.ShowsAbove(limit, level), doubled.ShowsAbove(2 * limit, level));
                    Assert.Equal(test.ShowsBelow(limit, level), doubled.ShowsBelow(2 * limit, level));
                }
            }

            int before = worked;
            Assert.Equal(test.At(0.8), test.At(0.8));
            Assert.Equal(before, worked);
        }
    }
}
