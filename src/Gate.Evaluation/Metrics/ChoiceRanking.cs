using System.Collections.Immutable;

namespace Gate.Evaluation.Metrics;

/// <summary>Which of several choices a model prefers by log-likelihood, and how clearly.</summary>
/// <param name="Chosen">Index of the choice with the largest score, the lowest on ties.</param>
/// <param name="Ties">How many other choices share that score.</param>
/// <param name="Margin">Score of the right choice minus the largest of the others, in the unit of the scores.</param>
public sealed record ChoiceRanking(int Chosen, int Ties, double Margin)
{
    /// <summary>Ranks finite scores.</summary>
    /// <param name="scores">At least two, all finite.</param>
    /// <param name="right">Index of the right choice.</param>
    public static ChoiceRanking Of(ImmutableArray<double> scores, int right)
    {
        int chosen = 0;
        double bestOther = double.NegativeInfinity;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > scores[chosen])
                chosen = i;
            if (i != right)
                bestOther = Math.Max(bestOther, scores[i]);
        }

        return new ChoiceRanking(chosen, scores.Count(score => score == scores[chosen]) - 1, scores[right] - bestOther);
    }
}
