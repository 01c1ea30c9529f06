namespace Gate.Core.Verdicts.Rules;

/// <summary>Holm's step-down procedure (1979): which of several hypotheses can be rejected with one common error probability.</summary>
public static class HolmProcedure
{
    /// <summary>True for every rejected hypothesis, in the order given.</summary>
    /// <remarks>
    /// Hypotheses of one group are about one number measured by one test, with different limits: they are nested, the strictest true one has the smallest p-value of all true ones, and rejecting any of
    /// them wrongly is as unlikely as rejecting that one. So a group counts once, as long as one of it is not rejected: at the first wrong rejection all groups with a true
    /// hypothesis are still counted, and the union bound over them holds.
    /// </remarks>
    /// <param name="probabilities">One p-value per hypothesis.</param>
    /// <param name="groups">The group of each hypothesis.</param>
    /// <param name="level">Probability α of any wrong rejection.</param>
    public static bool[] Reject(IReadOnlyList<double> probabilities, IReadOnlyList<string> groups, double level)
    {
        bool[] rejected = new bool[probabilities.Count];
        Dictionary<string, int> remaining = groups.CountBy(group => group, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (int index in Enumerable.Range(0, probabilities.Count).OrderBy(i => probabilities[i]))
        {
            if (!(probabilities[index] <= level / remaining.Count))
                break;
            rejected[index] = true;
            if (--remaining[groups[index]] == 0)
                remaining.Remove(groups[index]);
        }

        return rejected;
    }
}
