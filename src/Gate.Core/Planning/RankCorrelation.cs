namespace Gate.Core.Planning;

/// <summary>Spearman's rank correlation (1904), ties by mean rank.</summary>
public static class RankCorrelation
{
    /// <summary>The correlation of two lists of equal length; null when there are fewer than three pairs or one list is constant.</summary>
    public static double? Spearman(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count)
            throw new ArgumentException($"{first.Count} and {second.Count} values cannot be paired.", nameof(second));
        if (first.Count < 3)
            return null;
        double[] x = Ranks(first), y = Ranks(second);
        double mean = (first.Count + 1) / 2.0;
        double xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            xy += (x[i] - mean) * (y[i] - mean);
            xx += (x[i] - mean) * (x[i] - mean);
            yy += (y[i] - mean) * (y[i] - mean);
        }

        return xx == 0 || yy == 0 ? null : xy / Math.Sqrt(xx * yy);
    }

    private static double[] Ranks(IReadOnlyList<double> values) =>
        [.. values.Select(value => values.Count(other => other < value) + ((values.Count(other => other.Equals(value)) + 1) / 2.0))];
}
