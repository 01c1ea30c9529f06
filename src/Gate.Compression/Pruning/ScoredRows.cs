using Gate.Compression.Recipes;

namespace Gate.Compression.Pruning;

/// <summary>Computes the score of every weight of a row; smaller goes first.</summary>
internal delegate void RowScores(ReadOnlySpan<float> row, Span<float> scores);

/// <summary>Marks the weights of a row that go, given their scores.</summary>
internal delegate void RowSelection(ReadOnlySpan<float> scores, Span<float> scratch, Span<bool> mask);

/// <summary>Row-wise selection by any score: magnitude, Wanda.</summary>
internal static class ScoredRows
{
    /// <summary>Scores and marks row by row.</summary>
    public static bool[] Select(ReadOnlySpan<float> weights, int columns, RowScores score, RowSelection select)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (weights.Length % columns != 0)
            throw new ArgumentException($"{weights.Length} weights are not whole rows of {columns}.", nameof(weights));
        bool[] mask = new bool[weights.Length];
        float[] scores = new float[columns];
        float[] scratch = new float[columns];
        for (int start = 0; start < weights.Length; start += columns)
        {
            score(weights.Slice(start, columns), scores);
            select(scores, scratch, mask.AsSpan(start, columns));
        }

        return mask;
    }

    /// <summary>Scores row by row and marks the smallest of every group.</summary>
    public static bool[] SelectNm(ReadOnlySpan<float> weights, int columns, RowScores score, NmPattern pattern)
    {
        EnsureDivides(columns, pattern);
        return Select(weights, columns, score, (scores, scratch, mask) =>
        {
            for (int start = 0; start < columns; start += pattern.Group)
            {
                OrderStatistics.MarkSmallest(
                    scores.Slice(start, pattern.Group), pattern.Zeros, scratch[..pattern.Group], mask.Slice(start, pattern.Group));
            }
        });
    }

    /// <summary>Throws unless the pattern is one and divides the row.</summary>
    public static void EnsureDivides(int columns, NmPattern pattern)
    {
        if (pattern.Group < 1 || pattern.Zeros < 0 || pattern.Zeros > pattern.Group || columns % pattern.Group != 0)
            throw new ArgumentException($"{pattern.Zeros} zeros in every {pattern.Group} is not a pattern for rows of {columns}.", nameof(pattern));
    }
}
