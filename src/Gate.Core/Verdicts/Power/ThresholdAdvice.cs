using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Power;

/// <summary>How often a rule about retention decides rightly at so many items, beside the comparison of two plain numbers that most builds make.</summary>
/// <param name="Retention">What the candidate truly keeps.</param>
/// <param name="Passes">Share of runs that pass.</param>
/// <param name="Fails">Share of runs that fail; the rest are inconclusive.</param>
/// <param name="PointPasses">Share of runs in which the plain ratio of the scores reaches the limit.</param>
public sealed record ThresholdAdvice(double Retention, double Passes, double Fails, double PointPasses)
{
    private const int Runs = 2000;

    /// <summary>Simulates runs.</summary>
    /// <param name="retention">What the candidate truly keeps, at most 1.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="items">Items, each a cluster of its own.</param>
    /// <param name="dense">Dense accuracy, above chance.</param>
    /// <param name="chance">Chance level.</param>
    /// <param name="flips">Share of items that change besides those that are lost, half of them in each direction.</param>
    /// <param name="confidence">One-sided confidence.</param>
    public static ThresholdAdvice Of(double retention, double limit, int items, double dense, double chance, double flips, double confidence)
    {
        // Lost beyond what flips give and take: (dense − chance)(1 − retention).
        double gained = Math.Min(flips / 2, 1 - dense), forgotten = Math.Min(dense, ((dense - chance) * (1 - retention)) + gained), level = 1 - confidence;
        Dictionary<PairedCounts, (bool Passes, bool Fails)> known = [];
        int passes = 0, fails = 0, point = 0;
        for (int run = 0; run < Runs; run++)
        {
            PairedCounts counts = Draw(new CounterRandom(items, run), items, dense, forgotten, gained);
            if (!known.TryGetValue(counts, out (bool Passes, bool Fails) decision))
            {
                LimitTest test = new(at => PairedRetentionTest.Test(counts, chance, at), nearby: true);
                known.Add(counts, decision = (test.ShowsAbove(limit, level), test.ShowsBelow(limit, level)));
            }

            passes += decision.Passes ? 1 : 0;
            fails += decision.Fails ? 1 : 0;
            double before = ((double)counts.Known / items) - chance, after = ((double)counts.CandidateRight / items) - chance;
            point += before > 0 && after >= limit * before ? 1 : 0;
        }

        return new ThresholdAdvice(retention, (double)passes / Runs, (double)fails / Runs, (double)point / Runs);
    }

    private static PairedCounts Draw(CounterRandom random, int items, double dense, double forgotten, double gained)
    {
        int kept = 0, lost = 0, won = 0;
        for (int item = 0; item < items; item++)
        {
            double at = random.NextDouble();
            if (at < forgotten)
                lost++;
            else if (at < dense)
                kept++;
            else if (at < dense + gained)
                won++;
        }

        return new PairedCounts(kept, lost, won, items - kept - lost - won);
    }
}
