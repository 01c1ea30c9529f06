using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Audits;

/// <summary>
/// What published accuracies support. How many items changed is not published: the fewest that can have (what is right after was right before, as far as it goes) give
/// the narrowest interval, answers that have nothing to do with each other the widest that is plausible. A verdict stands when both give it.
/// </summary>
/// <param name="Score">The published line.</param>
/// <param name="Retention">(after − chance) / (before − chance), or null where the model before is no better than chance.</param>
/// <param name="Narrow">Retention with its bounds when the fewest items changed; null where there is no retention.</param>
/// <param name="Wide">The same when the answers are independent.</param>
/// <param name="State"><c>pass</c>, <c>fail</c> or <c>inconclusive</c>.</param>
public sealed record AuditedScore(PublishedScore Score, double? Retention, Interval? Narrow, Interval? Wide, string State)
{
    private const double Largest = 10;

    /// <summary>Judges a line.</summary>
    /// <param name="score">The line.</param>
    /// <param name="limit">Least retention.</param>
    /// <param name="confidence">One-sided confidence, 0.95.</param>
    public static AuditedScore Of(PublishedScore score, double limit, double confidence)
    {
        if (score.Dense <= score.Chance)
            return new AuditedScore(score, null, null, null, "inconclusive");
        int before = Right(score.Dense, score.Items), after = Right(score.Candidate, score.Items);
        int kept = (int)Math.Round((double)before * after / score.Items);
        (Interval narrow, string one) = Judge(score, before, after, Math.Min(before, after), limit, confidence);
        (Interval wide, string other) = Judge(score, before, after, Math.Max(kept, before + after - score.Items), limit, confidence);
        return new AuditedScore(score, (score.Candidate - score.Chance) / (score.Dense - score.Chance), narrow, wide, one == other ? one : "inconclusive");
    }

    private static (Interval Bounds, string State) Judge(PublishedScore score, int before, int after, int kept, double limit, double confidence)
    {
        PairedCounts counts = new(kept, before - kept, after - kept, score.Items - before - after + kept);
        LimitTest test = new(at => PairedRetentionTest.Test(counts, score.Chance, at), nearby: true);
        double level = 1 - confidence, value = (((double)after / score.Items) - score.Chance) / (((double)before / score.Items) - score.Chance);
        Estimate estimate = IntervalByInversion.Invert(value, 0, Largest, at => test.ShowsAbove(at, level), at => test.ShowsBelow(at, level), limit);
        string state = test.ShowsAbove(limit, level) ? "pass" : test.ShowsBelow(limit, level) ? "fail" : "inconclusive";
        return (new Interval(estimate.Lower, estimate.Upper), state);
    }

    private static int Right(double share, int items) => (int)Math.Round(share * items, MidpointRounding.AwayFromZero);
}
