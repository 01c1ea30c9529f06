namespace Gate.Core.Verdicts.Statistics;

/// <summary>The standard normal distribution.</summary>
public static class NormalDistribution
{
    /// <summary>Density at <paramref name="z"/>.</summary>
    public static double Density(double z) => Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);

    /// <summary>P(Z ≤ <paramref name="z"/>), with full relative accuracy in the lower tail.</summary>
    public static double Cumulative(double z) => z <= 0 ? UpperTail(-z) : 1 - UpperTail(z);

    /// <summary>P(Z &gt; <paramref name="z"/>), with full relative accuracy in the upper tail.</summary>
    public static double UpperTail(double z)
    {
        if (double.IsNaN(z))
            return double.NaN;
        if (z < 0)
            return 1 - UpperTail(-z);
        if (z > 39)
            return 0;

        return z < 2.5 ? 0.5 - CentralSeries(z) : Density(z) / TailFraction(z);
    }

    /// <summary>The z with P(Z ≤ z) = <paramref name="probability"/>; infinite at 0 and 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1].</exception>
    public static double Quantile(double probability)
    {
        if (!(probability >= 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "a probability lies in [0, 1]");
        if (probability is 0 or 1)
            return probability == 0 ? double.NegativeInfinity : double.PositiveInfinity;
        if (probability > 0.5)
            return -Quantile(1 - probability);

        // Hastings' rational start (error below 4.5e-4), then Halley steps on the logarithm-free residual: cubic convergence.
        double t = Math.Sqrt(-2 * Math.Log(probability));
        double z = -(t - ((2.515517 + (t * (0.802853 + (t * 0.010328)))) / (1 + (t * (1.432788 + (t * (0.189269 + (t * 0.001308))))))));
        for (int i = 0; i < 3; i++)
        {
            double error = (Cumulative(z) - probability) / Density(z);
            z -= error / (1 + (0.5 * z * error));
        }

        return z;
    }

    // P(0 < Z < z) = φ(z)·Σ z^(2k+1)/(1·3·…·(2k+1)); all terms positive.
    private static double CentralSeries(double z)
    {
        double term = z;
        double sum = z;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= z * z / ((2 * k) + 1);
            sum += term;
        }

        return sum * Density(z);
    }

    // Laplace's continued fraction of the Mills ratio, evaluated from the far end.
    private static double TailFraction(double z)
    {
        double fraction = z;
        for (int k = 120; k >= 1; k--)
            fraction = z + (k / fraction);
        return fraction;
    }
}
