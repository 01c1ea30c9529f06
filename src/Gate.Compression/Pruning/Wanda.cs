using Gate.Compression.Recipes;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

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
    /// <param name="threads">Rows are divided over these.</param>
    public static bool[] SelectRows(ReadOnlyMemory<float> weights, ReadOnlySpan<double> inputSquares, double sparsity, ComputeThreads threads)
    {
        int pruned = (int)PruneCounts.Truncated(sparsity, inputSquares.Length);
        return ScoredRows.Select(weights, inputSquares.Length, Scores(inputSquares), (scores, mask) => SmallestScores.Mark(scores, pruned, mask), threads);
    }

    /// <summary>Prunes the smallest scores of every group of consecutive inputs.</summary>
    /// <param name="weights">Row-major, rows × columns.</param>
    /// <param name="inputSquares">a: sum or mean of squares of each input.</param>
    /// <param name="pattern">Zeros made in every group.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public static bool[] SelectNm(ReadOnlyMemory<float> weights, ReadOnlySpan<double> inputSquares, NmPattern pattern, ComputeThreads threads) =>
        ScoredRows.SelectNm(weights, inputSquares.Length, Scores(inputSquares), pattern, threads);

    private static RowScores Scores(ReadOnlySpan<double> inputSquares)
    {
        float[] norms = new float[inputSquares.Length];
        for (int i = 0; i < norms.Length; i++)
            norms[i] = MathF.Sqrt((float)inputSquares[i]);
        return (row, scores) => SpanArithmetic.MultiplyMagnitudes(row, norms, scores);
    }
}
