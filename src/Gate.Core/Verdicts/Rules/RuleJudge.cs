using System.Collections.Immutable;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Verdicts.Rules;

/// <summary>
/// Puts every measurement into one of four states. Pass: each rule at level α (intersection–union). Fail: Holm over the measured rules that are not shown to hold, those about one
/// number counted once.
/// </summary>
internal static class RuleJudge
{
    /// <summary>One result per measurement, in order.</summary>
    /// <param name="measurements">What was found for each threshold.</param>
    /// <param name="options">How to decide.</param>
    /// <param name="early">What was shown while the run went on, or null when nobody looked before the end.</param>
    public static ImmutableArray<RuleResult> Judge(IReadOnlyList<Measurement> measurements, DecisionOptions options, EarlyOutcome? early)
    {
        double level = 1 - options.Confidence;
        var levels = new RuleLevels(
            level * (1 - (early?.Options.PassShare ?? 0)), level * (1 - (early?.Options.FailShare ?? 0)), level, early, measurements.Count);
        double[] breached = new double[measurements.Count];
        for (int i = 0; i < breached.Length; i++)
            breached[i] = measurements[i].Evidence is Evidence evidence ? Sides(evidence, measurements[i].Threshold.Limit).Below : 1;

        // A rule that is shown to hold cannot be missed by chance as well: it does not make the failure of another less sure.
        int[] doubtful = [.. Enumerable.Range(0, breached.Length).Where(i =>
            measurements[i].Evidence is Evidence evidence && !(Sides(evidence, measurements[i].Threshold.Limit).Above <= levels.Hold))];
        string[] groups = [.. doubtful.Select(i => measurements[i].Evidence!.Basis)];
        bool[] rejected = HolmProcedure.Reject([.. doubtful.Select(i => breached[i])], groups, levels.Breach);
        int together = groups.Distinct(StringComparer.Ordinal).Count();
        bool[] shownBreached = new bool[breached.Length];
        for (int k = 0; k < doubtful.Length; k++)
            shownBreached[doubtful[k]] = rejected[k] && !levels.Stopped;

        return [.. measurements.Select((measurement, i) => measurement.Evidence is Evidence evidence
            ? options.Rule == "point"
                ? Point(measurement.Threshold, evidence, level)
                : Measured(measurement.Threshold, evidence, levels, shownBreached[i], breached[i], together)
            : NotMeasured(measurement))];
    }

    // Above = p-value that shows the rule to hold, Below = p-value that shows it to be breached.
    private static TailProbabilities Sides(Evidence evidence, double limit)
    {
        TailProbabilities tails = evidence.Test.At(limit);
        return evidence.AtLeast ? tails : tails.Reverse();
    }

    private static RuleResult Measured(
        Threshold threshold, Evidence evidence, RuleLevels levels, bool shownBreached, double breachedProbability, int rules)
    {
        double limit = threshold.Limit;
        EarlyEvidence? early = levels.Early?.Rules.FirstOrDefault(rule => rule.Key == threshold.Key);
        bool earlyFail = early is not null && early.Breached >= levels.EarlyFail;
        bool earlyPass = early is not null && early.Holds >= levels.EarlyPass;
        VerdictState state =
            earlyFail || shownBreached ? VerdictState.Fail
            : earlyPass || (!levels.Stopped && Sides(evidence, limit).Above <= levels.Hold) ? VerdictState.Pass
            : VerdictState.Inconclusive;
        Estimate measured = levels.Stopped
            ? evidence.Estimate(levels.Full, null)
            : evidence.Estimate(levels.Hold, levels.Breach, limit);
        bool open = state == VerdictState.Inconclusive && !levels.Stopped;
        bool onlyAlone = open && breachedProbability <= levels.Breach;
        bool unseen = open && evidence.WithoutUnseen is not null && evidence.WithoutUnseen.ShowsBelow(limit, levels.Hold);
        int? more = state != VerdictState.Inconclusive ? null : unseen ? MoreItems.ToShowUnseen(evidence, limit, levels.Full) : MoreItems.ToDecide(evidence, limit, levels.Full);
        string reason = earlyFail || earlyPass || levels.Stopped
            ? ReasonText.Early(evidence, measured, limit, state, earlyFail ? early!.Breached : early?.Holds ?? 1, levels.Early!)
            : ReasonText.For(evidence, measured, limit, state, levels.Full, onlyAlone ? rules : 0, unseen, more);
        return Decided(threshold, evidence, measured, state) with { Code = unseen ? "GATE2012" : Code(state, onlyAlone), Reason = reason, MoreItemsToDecide = more };
    }

    private static RuleResult Point(Threshold threshold, Evidence evidence, double level)
    {
        bool few = evidence.Units < PointRule.LeastItems;
        VerdictState state = !Holds(evidence.Value, threshold.Limit, evidence.AtLeast) ? VerdictState.Fail : few ? VerdictState.Inconclusive : VerdictState.Pass;
        Estimate measured = evidence.Estimate(level, threshold.Limit);
        return Decided(threshold, evidence, measured, state) with
        {
            Code = state == VerdictState.Inconclusive ? "GATE2008" : Code(state, onlyAlone: false),
            Reason = ReasonText.Point(evidence, measured, threshold.Limit, state, level),
            MoreItemsToDecide = state == VerdictState.Inconclusive ? PointRule.LeastItems - evidence.Units : null,
        };
    }

    private static string Code(VerdictState state, bool onlyAlone) => state switch
    {
        VerdictState.Fail => "GATE2001",
        VerdictState.Inconclusive => onlyAlone ? "GATE2007" : "GATE2002",
        _ => string.Empty,
    };

    private static bool Holds(double value, double limit, bool atLeast) => atLeast ? value >= limit : value <= limit;

    private static RuleResult Decided(Threshold threshold, Evidence evidence, Estimate measured, VerdictState state) => Result(threshold) with
    {
        Measured = measured,
        State = state,
        Items = evidence.Items,
        Forgotten = evidence.Flips?.Forgotten,
        Gained = evidence.Flips?.Gained,
    };

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
        File = threshold.Location?.File,
        Line = threshold.Location?.Line ?? 0,
        Column = threshold.Location?.Column ?? 0,
    };
}
