using Gate.Compression.Recipes;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>Computes the score of every weight of a row, at least 0; smaller goes first.</summary>
internal delegate void RowScores(ReadOnlySpan<float> row, Span<float> scores);

/// <summary>Marks the weights of a row that go, given their scores.</summary>
internal delegate void RowSelection(ReadOnlySpan<float> scores, Span<bool> mask);

/// <summary>Row-wise selection by any score: magnitude, Wanda.</summary>
internal static class ScoredRows
{
    // Rows that one thread takes at a time, with one room for scores.
    private const int RowsOfPiece = 32;

    /// <summary>Scores and marks row by row.</summary>
    public static bool[] Select(ReadOnlyMemory<float> weights, int columns, RowScores score, RowSelection select, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (weights.Length % columns != 0)
            throw new ArgumentException($"{weights.Length} weights are not whole rows of {columns}.", nameof(weights));
        bool[] mask = new bool[weights.Length];
        int rows = weights.Length / columns;
        ParallelWork.Run((rows + RowsOfPiece - 1) / RowsOfPiece, threads, piece =>
        {
            float[] scores = new float[columns];
            for (int row = piece * RowsOfPiece; row < Math.Min(rows, (piece + 1) * RowsOfPiece); row++)
            {
                score(weights.Span.Slice(row * columns, columns), scores);
                select(scores, mask.AsSpan(row * columns, columns));
            }
        });
        return mask;
    }

    /// <summary>Scores row by row and marks the smallest of every group.</summary>
    public static bool[] SelectNm(ReadOnlyMemory<float> weights, int columns, RowScores score, NmPattern pattern, ComputeThreads threads)
    {
        EnsureDivides(columns, pattern);
        return Select(weights, columns, score, (scores, mask) => SmallestScores.MarkInGroups(scores, pattern.Group, pattern.Zeros, mask), threads);
    }

    /// <summary>Throws unless the pattern is one and divides the row.</summary>
    public static void EnsureDivides(int columns, NmPattern pattern)
    {
        if (pattern.Group < 1 || pattern.Zeros < 0 || pattern.Zeros > pattern.Group || columns % pattern.Group != 0)
            throw new ArgumentException($"{pattern.Zeros} zeros in every {pattern.Group} is not a pattern for rows of {columns}.", nameof(pattern));
    }
}
