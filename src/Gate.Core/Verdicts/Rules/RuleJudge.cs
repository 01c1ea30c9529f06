using System.Collections.Immutable;
using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Verdicts.Rules;

/// <summary>
/// Puts every measurement into one of four states. Pass: each rule at level α (intersection–union). Fail: Holm over all measured rules.
/// </summary>
internal static class RuleJudge
{
    /// <summary>One result per measurement, in order.</summary>
    public static ImmutableArray<RuleResult> Judge(IReadOnlyList<Measurement> measurements, DecisionOptions options)
    {
        bool point = options.Rule == "point";
        double level = 1 - options.Confidence;
        double[] breached = new double[measurements.Count];
        for (int i = 0; i < breached.Length; i++)
            breached[i] = measurements[i].Evidence is Evidence evidence ? Sides(evidence, measurements[i].Threshold.Limit).Below : 1;

        int[] measured = [.. Enumerable.Range(0, breached.Length).Where(i => measurements[i].Evidence is not null)];
        bool[] rejected = HolmProcedure.Reject([.. measured.Select(i => breached[i])], level);
        bool[] shownBreached = new bool[breached.Length];
        for (int k = 0; k < measured.Length; k++)
            shownBreached[measured[k]] = rejected[k];

        return [.. measurements.Select((measurement, i) => measurement.Evidence is Evidence evidence
            ? Measured(measurement.Threshold, evidence, point, level, shownBreached[i], breached[i], measured.Length)
            : NotMeasured(measurement))];
    }

    // Above = p-value that shows the rule to hold, Below = p-value that shows it to be breached.
    private static TailProbabilities Sides(Evidence evidence, double limit)
    {
        TailProbabilities tails = evidence.Test(limit);
        return evidence.AtLeast ? tails : tails.Reversed;
    }

    private static RuleResult Measured(
        Threshold threshold, Evidence evidence, bool point, double level, bool shownBreached, double breachedProbability, int rules)
    {
        double limit = threshold.Limit;
        VerdictState state = point
            ? Holds(evidence.Value, limit, evidence.AtLeast) ? VerdictState.Pass : VerdictState.Fail
            : Sides(evidence, limit).Above <= level ? VerdictState.Pass
            : shownBreached ? VerdictState.Fail
            : VerdictState.Inconclusive;
        Estimate measured = evidence.Estimate(level, limit);
        int? more = state == VerdictState.Inconclusive ? MoreItems.ToDecide(evidence, limit, level) : null;
        bool onlyAlone = state == VerdictState.Inconclusive && breachedProbability <= level;
        return Result(threshold) with
        {
            Measured = measured,
            State = state,
            Code = state switch { VerdictState.Fail => "GATE2001", VerdictState.Inconclusive => onlyAlone ? "GATE2007" : "GATE2002", _ => string.Empty },
            Reason = ReasonText.For(evidence, measured, limit, state, 1 - level, point, onlyAlone ? rules : 0, more),
            Items = evidence.Items,
            Forgotten = evidence.Forgotten,
            Gained = evidence.Gained,
            MoreItemsToDecide = more,
        };
    }

    private static bool Holds(double value, double limit, bool atLeast) => atLeast ? value >= limit : value <= limit;

    private static RuleResult NotMeasured(Measurement measurement) => Result(measurement.Threshold) with
    {
        Code = measurement.MissingCode,
        Reason = $"not measured: {measurement.Missing}." + (measurement.Remedy is null ? string.Empty : " " + measurement.Remedy),
    };

    private static RuleResult Result(Threshold threshold) => new()
    {
        Key = threshold.Key,
        Task = threshold.Task,
        Metric = threshold.Metric,
        AtLeast = RuleMetrics.IsAtLeast(threshold.Metric),
        Limit = threshold.Limit,
        State = VerdictState.NotMeasured,
        Code = "GATE2003",
        Reason = string.Empty,
        Items = 0,
        Forgotten = 0,
        Gained = 0,
        File = threshold.Location?.File,
        Line = threshold.Location?.Line ?? 0,
        Column = threshold.Location?.Column ?? 0,
    };
}
