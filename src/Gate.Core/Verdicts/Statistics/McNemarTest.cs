namespace Gate.Core.Verdicts.Statistics;

/// <summary>
/// McNemar's exact test on the items that changed: is there any change of accuracy? A line of the report, never the gate: what is not
/// significant has not been shown to be retained.
/// </summary>
public static class McNemarTest
{
    /// <summary>Exact two-sided p-value.</summary>
    /// <param name="forgotten">Items right before and wrong now.</param>
    /// <param name="gained">Items wrong before and right now.</param>
    public static double Exact(int forgotten, int gained) =>
        Math.Min(1, 2 * BinomialDistribution.AtMost(Math.Min(forgotten, gained), forgotten + gained, 0.5));

    /// <summary>Two-sided mid-p value: the exact one less the probability of the observed table.</summary>
    public static double MidP(int forgotten, int gained)
    {
        int fewer = Math.Min(forgotten, gained);
        int changed = forgotten + gained;
        return Math.Min(1, (2 * BinomialDistribution.AtMost(fewer, changed, 0.5)) - BinomialDistribution.Probability(fewer, changed, 0.5));
    }

    /// <summary>One-sided p-value of a loss: P(Bin(changed, ½) ≥ forgotten).</summary>
    public static double Loss(int forgotten, int gained) => BinomialDistribution.AtLeast(forgotten, forgotten + gained, 0.5);
}
