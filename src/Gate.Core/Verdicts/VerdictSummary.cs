using System.Collections.Immutable;
using Gate.Core.Verdicts.Rules;
using Gate.Results;

namespace Gate.Core.Verdicts;

/// <summary>Joins the rules into one state, exit code and sentence.</summary>
internal static class VerdictSummary
{
    /// <summary>Fail before not measured before inconclusive before pass.</summary>
    /// <param name="rules">All judged rules.</param>
    /// <param name="options">How to decide.</param>
    /// <param name="problem">Why the run as a whole says nothing about knowledge, or null; then it cannot pass.</param>
    public static Verdict Of(ImmutableArray<RuleResult> rules, DecisionOptions options, string? problem)
    {
        if (rules.IsEmpty)
            problem ??= "no threshold is configured";
        VerdictState state = Verdict.StateOf(rules);
        if (problem is not null && state != VerdictState.Fail)
            state = VerdictState.NotMeasured;
        return new Verdict(state, Verdict.ExitCodeOf(state, rules, options.OnInconclusive), Sentence(state, rules, options, problem), rules);
    }

    private static string Sentence(VerdictState state, ImmutableArray<RuleResult> rules, DecisionOptions options, string? problem)
    {
        bool point = options.Rule == "point";
        string total = NumberText.Count(rules.Length, "threshold");
        switch (state)
        {
            case VerdictState.Pass:
                string held = point ? "hold" : "are shown to hold";
                string all = rules.Length == 1 ? $"the threshold {(point ? "holds" : "is shown to hold")}" : $"all {total} {held}";
                return $"Passed: {all} {(point ? "(point rule)" : $"at {NumberText.Percent(options.Confidence)} confidence")}.";
            case VerdictState.Fail:
                return $"Failed: {Named(rules, VerdictState.Fail)} of {total} missed{(point ? " (point rule)" : $", shown at {NumberText.Percent(options.Confidence)} confidence")}.";
            case VerdictState.NotMeasured:
                return problem is null
                    ? $"Not measured: {Named(rules, VerdictState.NotMeasured)} of {total}; a threshold that is not measured never passes."
                    : $"Not measured: {problem}; that never passes.";
            default:
                return $"Inconclusive: {Named(rules, VerdictState.Inconclusive)} of {total} neither shown to hold nor shown to be missed"
                    + (options.OnInconclusive != "warn" ? "."
                        : rules.Any(rule => rule.LooksBreached) ? "; decision.onInconclusive is warn, but one looks breached (GATE2007), and that is not waved through."
                        : " (accepted with a warning: decision.onInconclusive is warn).");
        }
    }

    private static string Named(ImmutableArray<RuleResult> rules, VerdictState state)
    {
        RuleResult[] chosen = [.. rules.Where(rule => rule.State == state)];
        return $"{chosen.Length} ({string.Join(", ", chosen.Select(rule => rule.Key))})";
    }
}
