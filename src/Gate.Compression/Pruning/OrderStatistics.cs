namespace Gate.Compression.Pruning;

/// <summary>Selection without sorting, of scores in binary64.</summary>
internal static class OrderStatistics
{
    /// <summary>Marks the k smallest scores; equal scores fall in index order.</summary>
    /// <param name="scores">Scores; must not contain NaN.</param>
    /// <param name="count">k, at most the number of scores.</param>
    /// <param name="scratch">As long as <paramref name="scores"/>; overwritten.</param>
    /// <param name="mask">Receives true for the k smallest.</param>
    public static void MarkSmallest(ReadOnlySpan<double> scores, int count, Span<double> scratch, Span<bool> mask)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, scores.Length);
        if (count == 0)
        {
            mask[..scores.Length].Clear();
            return;
        }

        scratch = scratch[..scores.Length];
        scores.CopyTo(scratch);
        double threshold = Select(scratch, count - 1);
        int below = 0;
        foreach (double score in scores)
        {
            if (score < threshold)
                below++;
        }

        int tiesLeft = count - below;
        for (int i = 0; i < scores.Length; i++)
        {
            bool tie = scores[i] == threshold && tiesLeft > 0;
            if (tie)
                tiesLeft--;
            mask[i] = scores[i] < threshold || tie;
        }
    }

    /// <summary>The value that sorting would put at an index (Hoare's selection, median of three); reorders the values.</summary>
    public static double Select(Span<double> values, int index)
    {
        int low = 0, high = values.Length - 1;
        while (low < high)
        {
            double pivot = MedianOfThree(values[low], values[(low + high) >>> 1], values[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (values[i] < pivot)
                    i++;
                while (values[j] > pivot)
                    j--;
                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }

            if (index <= j)
                high = j;
            else if (index >= i)
                low = i;
            else
                return values[index];
        }

        return values[low];
    }

    private static double MedianOfThree(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
