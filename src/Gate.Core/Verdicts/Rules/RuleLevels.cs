using Gate.Core.Verdicts.EarlyStopping;

namespace Gate.Core.Verdicts.Rules;

/// <summary>The error probabilities left for the test of all items after what early looks may have used.</summary>
/// <param name="Hold">For "shown to hold".</param>
/// <param name="Breach">For "shown to be missed", over all rules.</param>
/// <param name="Full">α of the decision.</param>
/// <param name="Early">What was shown while the run went on, or null.</param>
/// <param name="Rules">Number of all thresholds.</param>
internal sealed record RuleLevels(double Hold, double Breach, double Full, EarlyOutcome? Early, int Rules)
{
    /// <summary>Whether the run ended before all items were seen.</summary>
    public bool Stopped => Early?.Stopped ?? false;

    /// <summary>E-value that shows a rule to hold.</summary>
    public double EarlyPass => Early is null ? double.PositiveInfinity : EarlyLimits.Pass(Full, Early.Options);

    /// <summary>E-value that shows a rule to be missed.</summary>
    public double EarlyFail => Early is null ? double.PositiveInfinity : EarlyLimits.Fail(Full, Early.Options, Rules, Early.Rules.Select(rule => rule.Holds));
}
