namespace Gate.Core.Verdicts.Statistics;

/// <summary>The beta distribution and the regularised incomplete beta function behind it.</summary>
public static class BetaDistribution
{
    /// <summary>ln B(a, b) for positive a and b.</summary>
    public static double LogBeta(double a, double b) => GammaFunction.Log(a) + GammaFunction.Log(b) - GammaFunction.Log(a + b);

    /// <summary>I_x(a, b) = P(X ≤ x) for X ~ Beta(a, b).</summary>
    /// <param name="x">Point in [0, 1]; values outside are clipped.</param>
    /// <param name="a">First shape, positive.</param>
    /// <param name="b">Second shape, positive.</param>
    public static double Cumulative(double x, double a, double b)
    {
        if (double.IsNaN(x))
            return double.NaN;
        if (x <= 0)
            return 0;
        if (x >= 1)
            return 1;

        double logFront = (a * Math.Log(x)) + (b * Log1p(-x)) - LogBeta(a, b);

        // The fraction converges fast below the mean; above it use the symmetry I_x(a,b) = 1 − I_{1−x}(b,a).
        return x < (a + 1) / (a + b + 2)
            ? Math.Exp(logFront) * ContinuedFraction(x, a, b) / a
            : 1 - (Math.Exp(logFront) * ContinuedFraction(1 - x, b, a) / b);
    }

    /// <summary>The x with I_x(a, b) = <paramref name="probability"/>, by bisection.</summary>
    public static double Quantile(double probability, double a, double b)
    {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 200; i++)
        {
            double middle = 0.5 * (low + high);
            if (middle <= low || middle >= high)
                break;
            if (Cumulative(middle, a, b) < probability)
                low = middle;
            else
                high = middle;
        }

        return 0.5 * (low + high);
    }

    private static double Log1p(double x) => Math.Abs(x) < 1e-5 ? x - (x * x / 2) + (x * x * x / 3) : Math.Log(1 + x);

    // Lentz's method for the continued fraction of the incomplete beta function.
    private static double ContinuedFraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        double c = 1;
        double d = 1 / Guard(1 - ((a + b) * x / (a + 1)));
        double value = d;
        for (int m = 1; m <= 20_000; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / Guard(1 + (even * d));
            c = Guard(1 + (even / c));
            value *= d * c;

            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / Guard(1 + (odd * d));
            c = Guard(1 + (odd / c));
            double step = d * c;
            value *= step;
            if (Math.Abs(step - 1) < 1e-16)
                break;
        }

        return value;

        static double Guard(double v) => Math.Abs(v) < tiny ? tiny : v;
    }
}
