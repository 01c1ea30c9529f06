namespace Gate.Core.Verdicts.Statistics;

/// <summary>Intervals for the difference of two proportions measured on the same items. <c>confidence</c> is two-sided.</summary>
public static class PairedDifferenceIntervals
{
    /// <summary>Newcombe's hybrid score interval (1998, method 10) for p₁ − p₂.</summary>
    /// <param name="both">Items both got right.</param>
    /// <param name="firstOnly">Items only the first got right.</param>
    /// <param name="secondOnly">Items only the second got right.</param>
    /// <param name="neither">Items neither got right.</param>
    /// <param name="confidence">Two-sided confidence.</param>
    public static Interval Newcombe(int both, int firstOnly, int secondOnly, int neither, double confidence)
    {
        double n = both + firstOnly + secondOnly + neither;
        double p1 = (both + firstOnly) / n;
        double p2 = (both + secondOnly) / n;
        Interval first = ProportionIntervals.Wilson(both + firstOnly, n, confidence);
        Interval second = ProportionIntervals.Wilson(both + secondOnly, n, confidence);

        double margins = (double)(both + firstOnly) * (secondOnly + neither) * (both + secondOnly) * (firstOnly + neither);
        double numerator = ((double)both * neither) - ((double)firstOnly * secondOnly);
        if (numerator > 0)
            numerator = Math.Max(numerator - (n / 2), 0);
        double phi = margins > 0 ? numerator / Math.Sqrt(margins) : 0;

        double below = Hypotenuse(p1 - first.Lower, second.Upper - p2, phi);
        double above = Hypotenuse(first.Upper - p1, p2 - second.Lower, phi);
        return new Interval(p1 - p2 - below, p1 - p2 + above);
    }

    /// <summary>Tango's score interval (1998) for p₁ − p₂ from the discordant counts; also valid without any.</summary>
    /// <param name="firstOnly">Items only the first got right.</param>
    /// <param name="secondOnly">Items only the second got right.</param>
    /// <param name="items">All items.</param>
    /// <param name="confidence">Two-sided confidence.</param>
    public static Interval Tango(int firstOnly, int secondOnly, int items, double confidence)
    {
        double z = NormalDistribution.Quantile(0.5 + (confidence / 2));
        double centre = (double)(firstOnly - secondOnly) / items;
        double lower = Bisect(-1, centre, difference => TangoStatistic(firstOnly, secondOnly, items, difference) > z);
        double upper = Bisect(centre, 1, difference => TangoStatistic(firstOnly, secondOnly, items, difference) > -z);
        return new Interval(lower, upper);
    }

    /// <summary>Tango's score statistic for the hypothesis p₁ − p₂ = <paramref name="difference"/>; decreases in it.</summary>
    public static double TangoStatistic(int firstOnly, int secondOnly, int items, double difference)
    {
        double n = items;
        double a = 2 * n;
        double b = -firstOnly - secondOnly + (((2 * n) - firstOnly + secondOnly) * difference);
        double c = -secondOnly * difference * (1 - difference);
        double q = (Math.Sqrt(Math.Max(0, (b * b) - (4 * a * c))) - b) / (2 * a);
        double variance = n * ((2 * q) + (difference * (1 - difference)));
        double numerator = firstOnly - secondOnly - (n * difference);
        if (variance <= 0)
            return numerator == 0 ? 0 : numerator > 0 ? double.PositiveInfinity : double.NegativeInfinity;
        return numerator / Math.Sqrt(variance);
    }

    private static double Hypotenuse(double x, double y, double phi) =>
        Math.Sqrt(Math.Max(0, (x * x) - (2 * phi * x * y) + (y * y)));

    // The point where a predicate that is true below and false above changes.
    private static double Bisect(double low, double high, Func<double, bool> isBelow)
    {
        for (int i = 0; i < 100; i++)
        {
            double middle = 0.5 * (low + high);
            if (isBelow(middle))
                low = middle;
            else
                high = middle;
        }

        return 0.5 * (low + high);
    }
}
