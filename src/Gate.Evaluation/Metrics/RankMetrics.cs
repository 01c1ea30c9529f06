namespace Gate.Evaluation.Metrics;

/// <summary>Metrics of a rank (LAMA; Petroni et al. 2019). Rank 1 is the best.</summary>
public static class RankMetrics
{
    /// <summary>The rank beyond which the reference implementation of LAMA gives no credit.</summary>
    public const int ReciprocalRankCutOff = 10_000;

    /// <summary>P@k of one item: 1 when the rank is at most <paramref name="k"/>, else 0.</summary>
    public static double PrecisionAt(int k, int rank) => rank <= k ? 1 : 0;

    /// <summary>The reciprocal rank; 0 beyond <see cref="ReciprocalRankCutOff"/>.</summary>
    public static double ReciprocalRank(int rank) => rank <= ReciprocalRankCutOff ? 1.0 / rank : 0;

    /// <summary>P@k expected of a random ranking of <paramref name="count"/> candidates.</summary>
    public static double ChanceOfPrecisionAt(int k, int count) => Math.Min(1, (double)k / count);

    /// <summary>The reciprocal rank expected of a random ranking of <paramref name="count"/> candidates: the harmonic number over the count.</summary>
    public static double ChanceOfReciprocalRank(int count)
    {
        double sum = 0;
        for (int rank = 1; rank <= count; rank++)
            sum += ReciprocalRank(rank);
        return sum / count;
    }
}
