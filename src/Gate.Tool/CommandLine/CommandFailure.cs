using Gate.Diagnostics;

namespace Gate.Tool.CommandLine;

/// <summary>How a command ends that threw.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Diagnostic">What there is to tell.</param>
internal sealed record CommandFailure(ExitCode Code, Diagnostic Diagnostic)
{
    /// <summary>What an exception comes to.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="cancellationToken">The token of the process: only what it cancelled is an interruption.</param>
    public static CommandFailure Of(Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            return new CommandFailure(
                ExitCode.Cancelled, new Diagnostic("GATE9003", Severity.Error, "the run was interrupted; the same command goes on where it stopped"));
        }

        return SystemFault.Find(exception) is { } refusal
            ? new CommandFailure(refusal.ExitCode, refusal.Diagnostic)
            : new CommandFailure(ExitCode.InternalError, new Diagnostic("GATE9001", Severity.Error, exception.Message));
    }
}
