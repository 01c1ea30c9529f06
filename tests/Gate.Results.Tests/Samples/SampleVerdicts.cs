using System.Collections.Immutable;
using Gate.Results;

namespace Gate.Tests.Samples;

/// <summary>Verdicts of <see cref="SampleResults"/>.</summary>
internal static class SampleVerdicts
{
    public static Verdict Create(VerdictState state, Estimate retention)
    {
        RuleResult size = Rule("thresholds.srcr", null, "srcr", 0.7, 9, VerdictState.Pass) with { Measured = new Estimate(0.739, 0.726, 0.752) };
        RuleResult undecided = Rule("thresholds.tasks.lama-cloze.maxForgotten", "lama-cloze", "maxForgotten", 0.1, 21, VerdictState.Inconclusive) with
        {
            AtLeast = false,
            Measured = new Estimate(0.094, 0.08, 0.11),
            MoreItemsToDecide = 400,
            Code = "GATE2002",
            Reason = "maxForgotten 0.094 [0.080, 0.110] is neither shown to be at most 0.100 nor above it: about 400 more items would decide",
        };
        RuleResult task = Rule("thresholds.tasks.factoid-qa.retention", "factoid-qa", "retention", 0.9, 20, VerdictState.Pass);
        RuleResult first = Rule("thresholds.retention", null, "retention", 0.95, 12, state) with { Measured = retention };
        first = state switch
        {
            VerdictState.Pass => first with { Reason = "retention 0.990 [0.974, 1.005] is at least 0.950 (n 2000, lost 4, gained 21)" },
            VerdictState.Fail => first with
            {
                Code = "GATE2001",
                Reason = "retention 0.910 [0.894, 0.925] is below 0.950 (n 2000, lost 147, gained 21)",
            },
            VerdictState.Inconclusive => first with
            {
                Code = "GATE2002",
                Reason = "retention 0.955 [0.939, 0.970] is neither shown to be at least 0.950 nor below it",
                MoreItemsToDecide = 900,
            },
            _ => first with { Code = "GATE2003", Measured = null, Reason = "retention could not be measured: no task is clearly above chance" },
        };
        ImmutableArray<RuleResult> rules = state switch
        {
            VerdictState.Pass => [first, size, task],
            VerdictState.Fail =>
            [
                first, size,
                task with
                {
                    State = VerdictState.Fail, Code = "GATE2001", Measured = new Estimate(0.8996, 0.88, 0.8999),
                    Reason = "retention 0.8996 [0.8800, 0.8999] is below 0.9000 (n 800, lost 47, gained 21)",
                },
                undecided,
            ],
            VerdictState.Inconclusive => [first, size, undecided],
            _ => [first, size],
        };
        return state switch
        {
            VerdictState.Pass => new Verdict(state, 0, "knowledge retained: all 3 rules hold", rules),
            VerdictState.Fail => new Verdict(state, 1, "knowledge lost: 2 of 4 rules are breached", rules),
            VerdictState.Inconclusive => new Verdict(state, 3, "too few items to decide 2 of 3 rules", rules),
            _ => new Verdict(state, 4, "1 of 2 rules could not be measured", rules),
        };
    }

    private static RuleResult Rule(string key, string? task, string metric, double limit, int line, VerdictState state) => new()
    {
        Key = key,
        Task = task,
        Metric = metric,
        AtLeast = true,
        Limit = limit,
        Measured = new Estimate(0.943, 0.92, 0.96),
        State = state,
        Code = "",
        Reason = $"{metric} holds",
        Items = 2000,
        Forgotten = 147,
        Gained = 21,
        File = "gate.json",
        Line = line,
        Column = 5,
    };
}
