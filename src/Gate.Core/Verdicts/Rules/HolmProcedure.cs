namespace Gate.Core.Verdicts.Rules;

/// <summary>Holm's step-down procedure (1979): which of several hypotheses can be rejected with one common error probability.</summary>
public static class HolmProcedure
{
    /// <summary>True for every rejected hypothesis, in the order given.</summary>
    /// <param name="probabilities">One p-value per hypothesis.</param>
    /// <param name="level">Probability α of any wrong rejection.</param>
    public static bool[] Reject(IReadOnlyList<double> probabilities, double level)
    {
        bool[] rejected = new bool[probabilities.Count];
        int remaining = probabilities.Count;
        foreach (int index in Enumerable.Range(0, probabilities.Count).OrderBy(i => probabilities[i]))
        {
            if (!(probabilities[index] <= level / remaining))
                break;
            rejected[index] = true;
            remaining--;
        }

        return rejected;
    }
}
