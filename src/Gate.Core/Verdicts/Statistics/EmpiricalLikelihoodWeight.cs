namespace Gate.Core.Verdicts.Statistics;

/// <summary>
/// The λ of an empirical likelihood under "the mean is zero": where the score Σ n_k x_k / (1 + λ x_k) changes its sign, or the end of λ's range when it does not.
/// </summary>
internal static class EmpiricalLikelihoodWeight
{
    /// <summary>Finds λ to the last bit, as bisection would: Newton's method comes near it in a few passes, bisection closes what is left.</summary>
    /// <param name="values">The values x.</param>
    /// <param name="counts">How often each occurs; empty means once each.</param>
    /// <param name="limit">The end of λ's range, the other being 0.</param>
    /// <param name="mean">The mean of the values.</param>
    public static double Solve(ReadOnlySpan<double> values, ReadOnlySpan<int> counts, double limit, double mean)
    {
        Score(values, counts, limit, out double score, out double slope);
        if (KeepsSign(score, mean))
            return limit;

        double near = 0;
        double far = limit;
        double lambda = 0;
        for (int i = 0; i < 50; i++)
        {
            Score(values, counts, lambda, out score, out slope);
            double next = lambda - (score / slope);
            Narrow(lambda, score, mean, ref near, ref far);
            if (!IsBetween(next, near, far))
                next = 0.5 * (near + far);
            double step = Math.Abs(next - lambda);
            lambda = next;
            if (step <= 16 * Spacing(lambda))
                break;
        }

        for (double width = 4 * Spacing(lambda); Math.Abs(far - near) > 4 * width && width < Math.Abs(far - near); width *= 64)
        {
            foreach (double at in stackalloc[] { lambda - width, lambda + width })
            {
                if (!IsBetween(at, near, far))
                    continue;
                Score(values, counts, at, out score, out _);
                Narrow(at, score, mean, ref near, ref far);
            }
        }

        return Bisect(values, counts, near, far, mean);
    }

    private static double Bisect(ReadOnlySpan<double> values, ReadOnlySpan<int> counts, double near, double far, double mean)
    {
        double lambda = far;
        for (int i = 0; i < 100; i++)
        {
            lambda = 0.5 * (near + far);
            if (lambda == near || lambda == far)
                break;
            Score(values, counts, lambda, out double score, out _);
            Narrow(lambda, score, mean, ref near, ref far);
        }

        return lambda;
    }

    // A score that does not exist counts as one beyond the change of sign.
    private static void Narrow(double lambda, double score, double mean, ref double near, ref double far)
    {
        if (KeepsSign(score, mean))
            near = lambda;
        else
            far = lambda;
    }

    private static bool KeepsSign(double score, double mean) => mean >= 0 ? score > 0 : score < 0;

    private static bool IsBetween(double value, double near, double far) => value > Math.Min(near, far) && value < Math.Max(near, far);

    private static double Spacing(double value) => Math.BitIncrement(Math.Abs(value)) - Math.Abs(value);

    // The score and its derivative; not a number where a weight would not be positive.
    private static void Score(ReadOnlySpan<double> values, ReadOnlySpan<int> counts, double lambda, out double score, out double slope)
    {
        score = 0;
        slope = 0;
        for (int i = 0; i < values.Length; i++)
        {
            int count = counts.IsEmpty ? 1 : counts[i];
            if (count == 0)
                continue;
            double denominator = 1 + (lambda * values[i]);
            if (denominator <= 0)
            {
                score = double.NaN;
                return;
            }

            double term = count * values[i] / denominator;
            score += term;
            slope -= term * values[i] / denominator;
        }
    }
}
