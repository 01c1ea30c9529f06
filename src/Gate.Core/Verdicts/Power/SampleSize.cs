using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Power;

/// <summary>How many paired items a question needs.</summary>
public static class SampleSize
{
    /// <summary>
    /// Items to show that a drop of accuracy is smaller than a margin: (z₁₋α + z_power)² · (ψ − Δ²) / (Δ + δ)².
    /// </summary>
    /// <param name="flips">Expected share ψ of items that change.</param>
    /// <param name="margin">Margin δ in accuracy, positive.</param>
    /// <param name="level">One-sided α.</param>
    /// <param name="power">Probability of showing it.</param>
    /// <param name="change">True change Δ of accuracy; 0 for a loss-free candidate.</param>
    public static double ForMargin(double flips, double margin, double level, double power, double change = 0)
    {
        double z = Sum(level, power);
        return z * z * (flips - (change * change)) / ((change + margin) * (change + margin));
    }

    /// <summary>Items for a loss-free candidate to be shown to retain at least <paramref name="limit"/>.</summary>
    /// <param name="dense">Dense accuracy.</param>
    /// <param name="chance">Chance level.</param>
    /// <param name="flips">Expected share of items that change, half of them in each direction.</param>
    /// <param name="limit">Retention limit below 1.</param>
    /// <param name="level">One-sided α.</param>
    /// <param name="power">Probability of showing it.</param>
    public static double ForRetention(double dense, double chance, double flips, double limit, double level, double power)
    {
        double z = Sum(level, power);
        double mean = (1 - limit) * (dense - chance);
        return z * z * RetentionVariance(dense, chance, flips, limit) / (mean * mean);
    }

    /// <summary>Variance of x = (c − γ) − r (b − γ) of one item for a loss-free candidate with the given share of flips.</summary>
    public static double RetentionVariance(double dense, double chance, double flips, double limit)
    {
        double changed = Math.Min(flips / 2, Math.Min(dense, 1 - dense));
        double offset = (1 - limit) * chance;
        double kept = dense - changed;
        double never = 1 - dense - changed;
        double square = (kept * Square(1 - limit - offset)) + (changed * Square(-limit - offset)) + (changed * Square(1 - offset)) + (never * Square(offset));
        return Math.Max(0, square - Square((1 - limit) * (dense - chance)));
    }

    private static double Sum(double level, double power) => NormalDistribution.Quantile(1 - level) + NormalDistribution.Quantile(power);

    private static double Square(double x) => x * x;
}
