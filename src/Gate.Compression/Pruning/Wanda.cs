using Gate.Compression.Recipes;

namespace Gate.Compression.Pruning;

/// <summary>
/// Wanda (Sun et al. 2023): the score of a weight is |w|·√a with a the mean square of its input; scores are compared within each output row, and
/// nothing is updated. Inputs that were always 0 go first.
/// </summary>
public static class Wanda
{
    /// <summary>Prunes the same number of weights in every row, equal scores in column order.</summary>
    /// <param name="weights">Row-major, rows × columns.</param>
    /// <param name="inputSquares">a: sum or mean of squares of each input; a common factor does not matter.</param>
    /// <param name="sparsity">Share to prune in every row, 0 to 1; the number is truncated, as in the reference.</param>
    public static bool[] SelectRows(ReadOnlySpan<float> weights, ReadOnlySpan<double> inputSquares, double sparsity)
    {
        int pruned = (int)PruneCounts.Truncated(sparsity, inputSquares.Length);
        return ScoredRows.Select(weights, inputSquares.Length, Scores(inputSquares), (scores, scratch, mask) =>
            OrderStatistics.MarkSmallest(scores, pruned, scratch, mask));
    }

    /// <summary>Prunes the smallest scores of every group of consecutive inputs.</summary>
    /// <param name="weights">Row-major, rows × columns.</param>
    /// <param name="inputSquares">a: sum or mean of squares of each input.</param>
    /// <param name="pattern">Zeros made in every group.</param>
    public static bool[] SelectNm(ReadOnlySpan<float> weights, ReadOnlySpan<double> inputSquares, NmPattern pattern) =>
        ScoredRows.SelectNm(weights, inputSquares.Length, Scores(inputSquares), pattern);

    private static RowScores Scores(ReadOnlySpan<double> inputSquares)
    {
        float[] norms = new float[inputSquares.Length];
        for (int i = 0; i < norms.Length; i++)
            norms[i] = MathF.Sqrt((float)inputSquares[i]);
        return (row, scores) =>
        {
            for (int i = 0; i < row.Length; i++)
                scores[i] = MathF.Abs(row[i]) * norms[i];
        };
    }
}
