namespace Gate.Core.Verdicts.Statistics;

/// <summary>
/// Tests whether the mean of bounded observations is above or below zero. The null distribution is the nonparametric maximum likelihood
/// under "the mean is zero" on the observed values and the two bounds (empirical likelihood with known support; for paired right/wrong
/// outcomes this is the restricted maximum likelihood of Tango's and Nam and Blackwelder's score tests, and it works without any change);
/// the tail of the sum under it comes from the Lugannani–Rice saddlepoint formula, so skewness is taken into account.
/// </summary>
public static class TiltedMeanTest
{
    /// <summary>The two one-sided p-values of "mean = 0".</summary>
    /// <param name="values">Distinct or repeated values.</param>
    /// <param name="counts">How often each occurs; empty means once each.</param>
    /// <param name="lowest">The smallest value an observation can take, below 0; negative infinity when there is none.</param>
    /// <param name="highest">The largest value an observation can take, above 0; positive infinity when there is none.</param>
    public static TailProbabilities Test(ReadOnlySpan<double> values, ReadOnlySpan<int> counts, double lowest, double highest)
    {
        double observations = 0;
        double sum = 0;
        double smallest = 0;
        double largest = 0;
        for (int i = 0; i < values.Length; i++)
        {
            int count = counts.IsEmpty ? 1 : counts[i];
            if (count == 0)
                continue;
            observations += count;
            sum += count * values[i];
            smallest = Math.Min(smallest, values[i]);
            largest = Math.Max(largest, values[i]);
        }

        if (observations == 0 || (smallest == 0 && largest == 0))
            return TailProbabilities.Unknown;
        lowest = Math.Min(lowest, smallest);
        highest = Math.Max(highest, largest);

        // Without a bound there is no null distribution when all observations lie on one side: say nothing here, other tests must decide.
        if ((smallest == 0 && double.IsInfinity(lowest)) || (largest == 0 && double.IsInfinity(highest)))
            return new TailProbabilities(sum > 0 ? 0 : 1, sum < 0 ? 0 : 1);
        lowest = double.IsInfinity(lowest) ? smallest : lowest;
        highest = double.IsInfinity(highest) ? largest : highest;

        double mean = sum / observations;
        Span<double> support = values.Length <= 62 ? stackalloc double[64] : new double[values.Length + 2];
        Span<double> weights = values.Length <= 62 ? stackalloc double[64] : new double[values.Length + 2];
        int size = FitNull(values, counts, observations, mean, lowest, highest, support, weights);
        return Tail(support[..size], weights[..size], mean, observations);
    }

    // Weights n_k / (n (1 + λ x_k)) with the λ that makes their mean zero; what is missing at the end of λ's range goes to the bound.
    private static int FitNull(
        ReadOnlySpan<double> values, ReadOnlySpan<int> counts, double observations, double mean, double lowest, double highest,
        Span<double> support, Span<double> weights)
    {
        double limit = mean >= 0 ? -1 / lowest : -1 / highest;
        double lambda = EmpiricalLikelihoodWeight.Solve(values, counts, limit, mean);
        int size = 0;
        double total = 0;
        for (int i = 0; i < values.Length; i++)
        {
            int count = counts.IsEmpty ? 1 : counts[i];
            if (count == 0)
                continue;
            double weight = count / (observations * (1 + (lambda * values[i])));
            support[size] = values[i];
            weights[size++] = weight;
            total += weight;
        }

        if (total < 1 - 1e-12)
        {
            support[size] = mean >= 0 ? lowest : highest;
            weights[size++] = 1 - total;
        }
        else
        {
            for (int i = 0; i < size; i++)
                weights[i] /= total;
        }

        return size;
    }

    private static TailProbabilities Tail(ReadOnlySpan<double> support, ReadOnlySpan<double> weights, double mean, double observations)
    {
        double variance = 0;
        double third = 0;
        double least = double.PositiveInfinity;
        double most = double.NegativeInfinity;
        for (int i = 0; i < support.Length; i++)
        {
            variance += weights[i] * support[i] * support[i];
            third += weights[i] * support[i] * support[i] * support[i];
            least = Math.Min(least, support[i]);
            most = Math.Max(most, support[i]);
        }

        double root = Math.Sqrt(observations);
        double z = mean * root / Math.Sqrt(variance);
        double skewness = third / (variance * Math.Sqrt(variance));
        if (Math.Abs(z) < 0.1)
        {
            double above = Clip(NormalDistribution.UpperTail(z) + (NormalDistribution.Density(z) * skewness * ((z * z) - 1) / (6 * root)));
            return new TailProbabilities(above, 1 - above);
        }

        // All observations at one end of the support: the tail is the probability of exactly that.
        double extreme = mean > 0 ? most : least;
        if (Math.Abs(mean - extreme) <= 1e-12 * Math.Abs(extreme))
        {
            double share = 0;
            for (int i = 0; i < support.Length; i++)
            {
                if (support[i] == extreme)
                    share += weights[i];
            }

            double exact = Math.Pow(share, observations);
            return mean > 0 ? new TailProbabilities(exact, 1) : new TailProbabilities(1, exact);
        }

        double saddle = SolveSaddle(support, weights, mean, Math.Max(Math.Abs(least), Math.Abs(most)), out double cumulant, out double curvature);
        double w = Math.Sign(z) * Math.Sqrt(Math.Max(0, 2 * observations * ((saddle * mean) - cumulant)));
        double u = saddle * Math.Sqrt(observations * curvature);
        double tail = Clip(NormalDistribution.UpperTail(w) + (NormalDistribution.Density(w) * ((1 / u) - (1 / w))));
        return new TailProbabilities(tail, 1 - tail);
    }

    // θ with K'(θ) = mean for K(θ) = ln Σ w e^{θx}: bisection that Newton's method shortens; K' increases in θ.
    private static double SolveSaddle(
        ReadOnlySpan<double> support, ReadOnlySpan<double> weights, double mean, double scale, out double cumulant, out double curvature)
    {
        double low = mean > 0 ? 0 : -700 / scale;
        double high = mean > 0 ? 700 / scale : 0;
        double theta = 0;
        cumulant = 0;
        curvature = 1;
        for (int iteration = 0; iteration < 200; iteration++)
        {
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            for (int i = 0; i < support.Length; i++)
            {
                double e = weights[i] * Math.Exp(theta * support[i]);
                s0 += e;
                s1 += e * support[i];
                s2 += e * support[i] * support[i];
            }

            double slope = s1 / s0;
            cumulant = Math.Log(s0);
            curvature = Math.Max((s2 / s0) - (slope * slope), double.Epsilon);
            double error = slope - mean;
            if (error > 0)
                high = theta;
            else
                low = theta;
            if (Math.Abs(error) < 1e-13 * Math.Abs(mean))
                break;

            double next = theta - (error / curvature);
            if (!(next > low && next < high))
                next = 0.5 * (low + high);
            if (next == theta)
                break;
            theta = next;
        }

        return theta;
    }

    private static double Clip(double probability) => Math.Clamp(probability, 0, 1);
}
