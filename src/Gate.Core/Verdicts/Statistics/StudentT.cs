namespace Gate.Core.Verdicts.Statistics;

/// <summary>Student's t distribution.</summary>
public static class StudentT
{
    /// <summary>P(T &gt; <paramref name="t"/>) with <paramref name="degrees"/> degrees of freedom.</summary>
    public static double UpperTail(double t, double degrees)
    {
        if (double.IsNaN(t))
            return double.NaN;
        if (double.IsInfinity(t))
            return t > 0 ? 0 : 1;

        double half = 0.5 * BetaDistribution.Cumulative(degrees / (degrees + (t * t)), 0.5 * degrees, 0.5);
        return t >= 0 ? half : 1 - half;
    }

    /// <summary>The t with P(T ≤ t) = <paramref name="probability"/>, 0 &lt; probability &lt; 1.</summary>
    public static double Quantile(double probability, double degrees)
    {
        if (probability < 0.5)
            return -Quantile(1 - probability, degrees);

        double high = 1;
        while (UpperTail(high, degrees) > 1 - probability)
            high *= 2;
        double low = 0;
        for (int i = 0; i < 200; i++)
        {
            double middle = 0.5 * (low + high);
            if (middle <= low || middle >= high)
                break;
            if (UpperTail(middle, degrees) > 1 - probability)
                low = middle;
            else
                high = middle;
        }

        return 0.5 * (low + high);
    }
}
