namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>The e-values that decide: 1 / (share of α), times the number of rules for a failure (Holm's first step on 1/E).</summary>
internal static class EarlyLimits
{
    /// <summary>E-value that shows a rule to hold.</summary>
    public static double Pass(double level, EarlyStoppingOptions options) => 1 / (level * options.PassShare);

    /// <summary>E-value that shows a rule to be missed among <paramref name="rules"/>.</summary>
    public static double Fail(double level, EarlyStoppingOptions options, int rules) => rules / (level * options.FailShare);
}
