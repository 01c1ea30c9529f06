using Gate.Results;

namespace Gate.Core.Verdicts.Statistics;

/// <summary>
/// Turns a test into an interval: the limits it does not reject. Interval and decision come from the same p-values and cannot disagree.
/// </summary>
public static class IntervalByInversion
{
    /// <summary>The value with its one-sided bounds.</summary>
    /// <param name="value">Point estimate.</param>
    /// <param name="minimum">Smallest possible value.</param>
    /// <param name="maximum">Largest value to look for.</param>
    /// <param name="showsAbove">Whether the value is shown to lie above a limit.</param>
    /// <param name="showsBelow">Whether it is shown to lie below one.</param>
    /// <param name="limit">The configured limit, if there is one: the bounds lie on the side of it that the decision says.</param>
    public static Estimate Invert(
        double value, double minimum, double maximum, Func<double, bool> showsAbove, Func<double, bool> showsBelow, double? limit = null)
    {
        double from = minimum;
        double to = maximum;
        double shownAbove = minimum;
        double shownBelow = maximum;
        if (limit is double r && r > minimum && r < maximum)
        {
            if (showsAbove(r))
                shownAbove = r;
            else if (r < value)
                to = r;
            if (showsBelow(r))
                shownBelow = r;
            else if (r > value)
                from = r;
        }

        double lower = Bisect(shownAbove, Math.Min(value, to), showsAbove);
        double upper = Bisect(Math.Max(value, from), shownBelow, at => !showsBelow(at));
        return new Estimate(value, Math.Min(lower, value), Math.Max(upper, value));
    }

    // Where the predicate, true at the low end, stops being true.
    private static double Bisect(double low, double high, Func<double, bool> holds)
    {
        if (high <= low)
            return low;
        for (int i = 0; i < 60 && high - low > 1e-12 * Math.Max(1, Math.Abs(high)); i++)
        {
            double middle = 0.5 * (low + high);
            if (holds(middle))
                low = middle;
            else
                high = middle;
        }

        return 0.5 * (low + high);
    }
}
