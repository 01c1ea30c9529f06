using Gate.Results;
using Gate.Tests.Samples;

namespace Gate.Reporting.Tests;

/// <summary>Results whose rules have given states, with the verdict those states mean.</summary>
internal static class RandomVerdicts
{
    public static GateResults With(IReadOnlyList<VerdictState> states, bool warn)
    {
        RuleResult rule = SampleResults.Fail.Verdict.Rules[0];
        RuleResult[] rules =
        [
            .. states.Select((state, i) => rule with
            {
                Key = $"thresholds.r{i}", Metric = $"r{i}", Task = i % 2 == 0 ? null : "factoid-qa", State = state,
                Code = state == VerdictState.Pass ? "" : "GATE2001", Measured = state == VerdictState.NotMeasured ? null : rule.Measured,
            }),
        ];
        VerdictState total = states.Contains(VerdictState.Fail) ? VerdictState.Fail
            : states.Contains(VerdictState.NotMeasured) ? VerdictState.NotMeasured
            : states.Contains(VerdictState.Inconclusive) ? VerdictState.Inconclusive
            : VerdictState.Pass;
        int exit = total switch { VerdictState.Fail => 1, VerdictState.NotMeasured => 4, VerdictState.Inconclusive => warn ? 0 : 3, _ => 0 };
        return SampleResults.Fail with { Verdict = new Verdict(total, exit, "a summary", [.. rules]) };
    }
}
