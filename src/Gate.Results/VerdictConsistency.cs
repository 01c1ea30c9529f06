using System.Globalization;

namespace Gate.Results;

/// <summary>Whether a verdict is what its rules say: a results file is rendered, attached to releases and made a baseline long after the run.</summary>
internal static class VerdictConsistency
{
    /// <summary>Refuses results whose verdict contradicts its rules, or a rule its own bounds.</summary>
    /// <exception cref="ResultsFormatException">They do.</exception>
    public static void Check(GateResults results)
    {
        Verdict verdict = results.Verdict;
        for (int i = 0; i < verdict.Rules.Length; i++)
        {
            if (Problem(verdict.Rules[i]) is string problem)
                throw Contradiction($"$.verdict.rules[{i}]", $"{verdict.Rules[i].Key} {problem}");
        }

        // A run may be not measured for another reason than its rules: no task that says anything about knowledge.
        VerdictState expected = Verdict.StateOf(verdict.Rules);
        if (verdict.State != expected && !(verdict.State == VerdictState.NotMeasured && expected != VerdictState.Fail))
            throw Contradiction("$.verdict.state", $"its rules come to {expected}, found {verdict.State}");
        int exitCode = Verdict.ExitCodeOf(verdict.State, verdict.Rules, results.Run.OnInconclusive);
        if (verdict.ExitCode != exitCode)
            throw Contradiction("$.verdict.exitCode", string.Create(CultureInfo.InvariantCulture, $"{verdict.State} is exit code {exitCode}, found {verdict.ExitCode}"));
    }

    private static string? Problem(RuleResult rule)
    {
        if (rule.State == VerdictState.NotMeasured)
            return rule.Measured is null ? null : "is not measured and has a value";
        if (rule.Measured is not { } measured)
            return $"is {rule.State} without a value";
        double best = rule.AtLeast ? measured.Upper : -measured.Lower, worst = rule.AtLeast ? measured.Lower : -measured.Upper, limit = rule.AtLeast ? rule.Limit : -rule.Limit;
        return rule.State == VerdictState.Pass && best < limit ? "passes and its bounds miss the limit"
            : rule.State == VerdictState.Fail && worst > limit ? "fails and its bounds keep the limit"
            : null;
    }

    private static ResultsFormatException Contradiction(string path, string what) => new($"a results file whose verdict contradicts its rules at {path}: {what}", path);
}
