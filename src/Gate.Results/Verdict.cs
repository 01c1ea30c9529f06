using System.Collections.Immutable;

namespace Gate.Results;

/// <summary>The verdict and its rules. Exit code, JUnit counts, Markdown and JSON all come from this value.</summary>
/// <param name="State">Fail if any rule fails, else not measured if any is not measured, else inconclusive if any is, else pass.</param>
/// <param name="ExitCode">The process exit code this verdict means under the run's onInconclusive setting.</param>
/// <param name="Summary">One sentence for a person.</param>
/// <param name="Rules">Every configured threshold exactly once, in configuration order.</param>
public sealed record Verdict(VerdictState State, int ExitCode, string Summary, ImmutableArray<RuleResult> Rules)
{
    /// <summary>The state that rules alone come to: fail before not measured before inconclusive before pass; not measured without any rule.</summary>
    public static VerdictState StateOf(IReadOnlyCollection<RuleResult> rules) =>
        rules.Any(rule => rule.State == VerdictState.Fail) ? VerdictState.Fail
        : rules.Count == 0 || rules.Any(rule => rule.State == VerdictState.NotMeasured) ? VerdictState.NotMeasured
        : rules.Any(rule => rule.State == VerdictState.Inconclusive) ? VerdictState.Inconclusive
        : VerdictState.Pass;

    /// <summary>The exit code of a state: 0, 1, 3 or 4. An inconclusive verdict is 0 under <c>warn</c> unless one of its rules looks breached.</summary>
    /// <param name="state">State of the verdict.</param>
    /// <param name="rules">Its rules.</param>
    /// <param name="onInconclusive"><c>fail</c> or <c>warn</c>.</param>
    public static int ExitCodeOf(VerdictState state, IReadOnlyCollection<RuleResult> rules, string onInconclusive) => state switch
    {
        VerdictState.Pass => 0,
        VerdictState.Fail => 1,
        VerdictState.NotMeasured => 4,
        _ => onInconclusive == "warn" && !rules.Any(rule => rule.LooksBreached) ? 0 : 3,
    };
}
