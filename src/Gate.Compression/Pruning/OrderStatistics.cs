using System.Numerics;

namespace Gate.Compression.Pruning;

/// <summary>Selection without sorting.</summary>
internal static class OrderStatistics
{
    /// <summary>Marks the k smallest scores; equal scores fall in index order.</summary>
    /// <param name="scores">Scores; must not contain NaN.</param>
    /// <param name="count">k, at most the number of scores.</param>
    /// <param name="scratch">As long as <paramref name="scores"/>; overwritten.</param>
    /// <param name="mask">Receives true for the k smallest.</param>
    public static void MarkSmallest<T>(ReadOnlySpan<T> scores, int count, Span<T> scratch, Span<bool> mask)
        where T : INumber<T>
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, scores.Length);
        if (count == 0)
        {
            mask[..scores.Length].Clear();
            return;
        }

        scratch = scratch[..scores.Length];
        scores.CopyTo(scratch);
        T threshold = Select(scratch, count - 1);
        int below = 0;
        foreach (T score in scores)
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
    public static T Select<T>(Span<T> values, int index)
        where T : INumber<T>
    {
        int low = 0, high = values.Length - 1;
        while (low < high)
        {
            T pivot = MedianOfThree(values[low], values[(low + high) >>> 1], values[high]);
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

    private static T MedianOfThree<T>(T a, T b, T c)
        where T : INumber<T> =>
        T.Max(T.Min(a, b), T.Min(T.Max(a, b), c));
}
