namespace Gate.Core.Verdicts.Statistics;

/// <summary>
/// The anytime-valid counterpart of McNemar's test: a Beta(a, a) mixture over the share of losses among changed items, against one half.
/// </summary>
public static class SignEValue
{
    /// <summary>E = 2^m · B(a + forgotten, a + gained) / B(a, a) with m changed items; above 1/α rejects "no change" at level α at any time.</summary>
    /// <param name="forgotten">Items right before and wrong now.</param>
    /// <param name="gained">Items wrong before and right now.</param>
    /// <param name="shape">Shape a of the mixing distribution.</param>
    public static double Mixture(int forgotten, int gained, double shape = 0.5) =>
        Math.Exp(((forgotten + gained) * Math.Log(2)) + BetaDistribution.LogBeta(shape + forgotten, shape + gained)
            - BetaDistribution.LogBeta(shape, shape));
}
