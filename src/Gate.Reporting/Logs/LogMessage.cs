using Gate.Results;

namespace Gate.Reporting.Logs;

/// <summary>Something a build should show beside a line of a file.</summary>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>note</c>.</param>
/// <param name="Code">Diagnostic code, for example <c>GATE2001</c>.</param>
/// <param name="Subject">What it is about, for example a rule's key; also the identity of a build problem.</param>
/// <param name="Text">The sentence.</param>
/// <param name="File">Relative path with <c>/</c>, or null.</param>
/// <param name="Line">From 1; 0 when unknown.</param>
/// <param name="Column">From 1; 0 when unknown.</param>
public sealed record LogMessage(string Severity, string Code, string Subject, string Text, string? File = null, int Line = 0, int Column = 0)
{
    /// <summary>The message of a rule that does not hold; null for one that does. An undecided rule is an error where it fails the run.</summary>
    public static LogMessage? Of(RuleResult rule, RunInfo run)
    {
        string severity = rule.State switch
        {
            VerdictState.Pass => "",
            VerdictState.Inconclusive => run.OnInconclusive == "warn" && !rule.LooksBreached ? "warning" : "error",
            _ => "error",
        };
        return severity.Length == 0 ? null : new LogMessage(severity, rule.Code, rule.Key, rule.Reason, rule.File, rule.Line, rule.Column);
    }
}
