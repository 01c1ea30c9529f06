namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>The e-values that decide: 1 / (share of α), times the number of rules in doubt for a failure (Holm's first step on 1/E).</summary>
internal static class EarlyLimits
{
    /// <summary>E-value that shows a rule to hold.</summary>
    public static double Pass(double level, EarlyStoppingOptions options) => 1 / (level * options.PassShare);

    /// <summary>E-value that shows a rule to be missed among <paramref name="rules"/>, of which those shown to hold do not count.</summary>
    /// <param name="level">α of the decision.</param>
    /// <param name="options">How α is shared.</param>
    /// <param name="rules">Number of all thresholds.</param>
    /// <param name="holds">Largest e-values so far that rules hold.</param>
    public static double Fail(double level, EarlyStoppingOptions options, int rules, IEnumerable<double> holds)
    {
        double shown = Pass(level, options);
        return Math.Max(1, rules - holds.Count(value => value >= shown)) / (level * options.FailShare);
    }
}
