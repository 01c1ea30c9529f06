namespace Gate.Core.Verdicts.Statistics;

/// <summary>
/// Tests the retention of right/wrong outcomes on the same items against a limit r through the contrast
/// x = (c − γ) − r (b − γ), without dividing.
/// </summary>
public static class PairedRetentionTest
{
    /// <summary>Below this many items, or this many flips, the exact conditional test is asked as well.</summary>
    public const int FewItems = 300;

    /// <summary>See <see cref="FewItems"/>.</summary>
    public const int FewFlips = 10;

    /// <summary>The one-sided p-values of "retention = limit".</summary>
    /// <param name="counts">The paired outcomes.</param>
    /// <param name="chance">Mean chance level γ of the items.</param>
    /// <param name="limit">The limit r, at least 0.</param>
    public static TailProbabilities Test(PairedCounts counts, double chance, double limit)
    {
        ReadOnlySpan<double> values =
        [
            (1 - limit) * (1 - chance), -limit - ((1 - limit) * chance), 1 - ((1 - limit) * chance), -(1 - limit) * chance,
        ];
        ReadOnlySpan<int> occurrences = [counts.Kept, counts.Forgotten, counts.Gained, counts.NeverKnown];
        double lowest = Math.Min(Math.Min(values[0], values[1]), Math.Min(values[2], values[3]));
        double highest = Math.Max(Math.Max(values[0], values[1]), Math.Max(values[2], values[3]));
        TailProbabilities score = TiltedMeanTest.Test(values, occurrences, lowest, highest);
        return counts.Items < FewItems || counts.Flips < FewFlips ? score.Cautious(Conditional(counts, chance, limit)) : score;
    }

    /// <summary>
    /// The exact test given which items the dense model knew: the candidate's right answers are Bin(known, q₁) + Bin(unknown, q₀) with the
    /// restricted maximum likelihood of q₁, q₀ under "retention = limit". Without flips and chance its p-value is limit^known: 59 known items
    /// are the fewest that support 0.95 at 95 %.
    /// </summary>
    public static TailProbabilities Conditional(PairedCounts counts, double chance, double limit)
    {
        int known = counts.Known;
        int unknown = counts.Items - known;
        double expected = (limit * known) + ((1 - limit) * chance * counts.Items);
        if (known == 0 || expected < 0)
            return TailProbabilities.Unknown;

        // More right answers than there are items: given what is known that cannot be, and whether it can otherwise is for the other test to say.
        if (expected >= counts.Items * (1 - 1e-12))
            return new TailProbabilities(1, counts.CandidateRight == counts.Items && expected <= counts.Items * (1 + 1e-12) ? 1 : 0);

        double q1 = RestrictedShare(counts, unknown, expected);
        double q0 = unknown == 0 ? 0 : Math.Clamp((expected - (known * q1)) / unknown, 0, 1);
        return Convolve(counts.CandidateRight, known, q1, unknown, q0);
    }

    private static double RestrictedShare(PairedCounts counts, int unknown, double expected)
    {
        int known = counts.Known;
        double low = Math.Max(0, (expected - unknown) / known);
        double high = Math.Min(1, expected / known);
        if (unknown == 0)
            return high;

        // The derivative of the log-likelihood along the constraint decreases in q₁.
        for (int i = 0; i < 100; i++)
        {
            double q1 = 0.5 * (low + high);
            if (q1 <= low || q1 >= high)
                break;
            double q0 = Math.Clamp((expected - (known * q1)) / unknown, 0, 1);
            double slope = Ratio(counts.Kept, q1) - Ratio(counts.Forgotten, 1 - q1)
                - ((double)known / unknown * (Ratio(counts.Gained, q0) - Ratio(counts.NeverKnown, 1 - q0)));
            if (slope > 0)
                low = q1;
            else
                high = q1;
        }

        return 0.5 * (low + high);

        static double Ratio(int count, double probability) => count == 0 ? 0 : count / Math.Max(probability, 1e-300);
    }

    private static TailProbabilities Convolve(int right, int known, double q1, int unknown, double q0)
    {
        double above = 0;
        double below = 0;
        double mean = unknown * q0;
        int from = Math.Max(0, (int)(mean - 10 - (12 * Math.Sqrt(mean))));
        int to = Math.Min(unknown, (int)(mean + 40 + (12 * Math.Sqrt(mean))));
        for (int gained = from; gained <= to; gained++)
        {
            double weight = BinomialDistribution.Probability(gained, unknown, q0);
            if (weight < 1e-18)
                continue;
            above += weight * BinomialDistribution.AtLeast(right - gained, known, q1);
            below += weight * BinomialDistribution.AtMost(right - gained, known, q1);
        }

        return new TailProbabilities(Math.Min(1, above), Math.Min(1, below));
    }
}
