using System.Globalization;
using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.SrCr;
using Gate.Core.Verdicts.Statistics;
using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Verdicts.Suite;

/// <summary>
/// Evidence about Sr and SrCr. A limit counts as shown only when bootstrap and contrast both show it; a breach when the uncapped
/// contrast and the bootstrap both show it.
/// </summary>
internal static class SuiteEvidence
{
    /// <summary>Evidence about Sr.</summary>
    public static Evidence Retention(SuiteSample suite, long seed, int resamples)
    {
        SuiteBootstrap? bootstrap = SuiteBootstrap.Run(suite, seed, resamples);
        int known = suite.Strata.Sum(stratum => stratum.Task.Counts.Known);
        return new Evidence
        {
            What = "semantic retention Sr of the suite",
            Basis = $"retention {string.Join('+', suite.Strata.Select(stratum => suite.Strata.Length == 1 ? stratum.Task.Fingerprint : string.Create(CultureInfo.InvariantCulture, $"{stratum.Task.Fingerprint} × {stratum.Weight:R}")).Order(StringComparer.Ordinal))}",
            Value = suite.Capped,
            Maximum = 1,
            AtLeast = true,
            Test = new LimitTest(limit => Test(suite, bootstrap, limit), nearby: true),
            Contrast = limit => SuiteContrast.MeanAndError(suite, limit),
            ItemsWithoutLoss = suite.Forgotten == 0 && known > 0
                ? (limit, level) => limit < 1 ? Math.Ceiling(Math.Log(level) / Math.Log(limit)) * suite.Items / known : double.PositiveInfinity
                : null,
            TwoPointsUnder = limit => limit - NearbyLimit.Distance,
            Units = suite.Items,
            Items = suite.Items,
            Clusters = suite.Clusters,
            LossClusters = LossClusters.Of([.. suite.Strata.Select(stratum => (stratum.Task, stratum.Weight))]),
            Flips = Array.Exists(suite.Strata, stratum => stratum.Task.IsRightWrong) ? (suite.Forgotten, suite.Gained) : null,
        };
    }

    /// <summary>Evidence about SrCr: Sr's, seen through a formula that never decreases in Sr.</summary>
    public static Evidence SrCr(Evidence retention, SrCrFormula formula, CompressionMeasures size)
    {
        double Value(double sr) => formula.Value(sr, size);
        return retention with
        {
            What = $"SrCr ({formula.Id})",
            Value = Value(retention.Value),
            Minimum = Value(0),
            Maximum = Value(1),
            Test = retention.Test.Through(limit => RetentionFor(limit, Value)),
            Contrast = limit => retention.Contrast(RetentionFor(limit, Value)),
            ItemsWithoutLoss = retention.ItemsWithoutLoss is null
                ? null
                : (limit, level) => retention.ItemsWithoutLoss(RetentionFor(limit, Value), level),
            RetainedAt = limit => RetentionFor(limit, Value),
            TwoPointsUnder = limit => Value(Math.Max(0, RetentionFor(limit, Value) - NearbyLimit.Distance)),
        };
    }

    // The smallest Sr whose SrCr reaches the limit; above 1 when none does.
    internal static double RetentionFor(double limit, Func<double, double> value)
    {
        if (value(1) < limit)
            return 2;
        double low = 0;
        double high = 1;
        for (int i = 0; i < 100; i++)
        {
            double middle = 0.5 * (low + high);
            if (middle <= low || middle >= high)
                break;
            if (value(middle) < limit)
                low = middle;
            else
                high = middle;
        }

        return high;
    }

    private static TailProbabilities Test(SuiteSample suite, SuiteBootstrap? bootstrap, double limit)
    {
        // Sr is capped at 1: a limit above is missed without any doubt.
        if (limit > 1)
            return new TailProbabilities(1, 0);
        TailProbabilities contrast = SuiteContrast.Test(suite, limit);
        return bootstrap is null ? contrast : contrast.Cautious(bootstrap.Test(limit));
    }
}
