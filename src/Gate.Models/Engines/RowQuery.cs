using Gate.Models.Questions;

namespace Gate.Models.Engines;

/// <summary>What is wanted of one row of logits.</summary>
/// <param name="Row">Row of the projected matrix; queries are ordered by it.</param>
/// <param name="Targets">Ids whose log-probability and rank are wanted.</param>
/// <param name="Top">How many of the most probable ids are wanted.</param>
internal readonly record struct RowQuery(int Row, ReadOnlyMemory<int> Targets, int Top)
{
    /// <summary>The answer about a row with a NaN or +∞, which has no distribution: every log-probability is NaN, targets rank last, and the best ids are the lowest.</summary>
    /// <param name="vocabulary">Values of the row.</param>
    public NextTokenScores WithoutDistribution(int vocabulary)
    {
        int top = Math.Min(Top, vocabulary);
        return new NextTokenScores(
            [.. Enumerable.Repeat(double.NaN, Targets.Length)], [.. Enumerable.Repeat(vocabulary, Targets.Length)],
            [.. Enumerable.Range(0, top)], [.. Enumerable.Repeat(double.NaN, top)]);
    }
}
