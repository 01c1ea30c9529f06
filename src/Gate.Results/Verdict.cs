using System.Collections.Immutable;

namespace Gate.Results;

/// <summary>The verdict and its rules. Exit code, JUnit counts, Markdown and JSON all come from this value.</summary>
/// <param name="State">Fail if any rule fails, else not measured if any is not measured, else inconclusive if any is, else pass.</param>
/// <param name="ExitCode">The process exit code this verdict means under the run's onInconclusive setting.</param>
/// <param name="Summary">One sentence for a person.</param>
/// <param name="Rules">Every configured threshold exactly once, in configuration order.</param>
public sealed record Verdict(VerdictState State, int ExitCode, string Summary, ImmutableArray<RuleResult> Rules);
