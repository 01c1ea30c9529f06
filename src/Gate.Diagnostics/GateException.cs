namespace Gate.Diagnostics;

/// <summary>
/// The run cannot go on for a reason the user can mend. Carries the diagnostic to print and the exit code to end with; caught in one place,
/// at the edge of the tool. Anything else that is thrown is a defect.
/// </summary>
public sealed class GateException : Exception
{
    /// <summary>Wraps a diagnostic.</summary>
    /// <param name="diagnostic">What to tell the user.</param>
    /// <param name="exitCode"><see cref="ExitCode.InvalidUsage"/> for the command line and configuration,
    /// <see cref="ExitCode.InputUnavailable"/> for models and data.</param>
    /// <param name="innerException">The cause, for the log only.</param>
    public GateException(Diagnostic diagnostic, ExitCode exitCode, Exception? innerException = null)
        : base(diagnostic.Message, innerException)
    {
        Diagnostic = diagnostic;
        ExitCode = exitCode;
    }

    /// <summary>What to tell the user.</summary>
    public Diagnostic Diagnostic { get; }

    /// <summary>The code the process ends with.</summary>
    public ExitCode ExitCode { get; }

    /// <summary>The user's command line or configuration is wrong (exit 2).</summary>
    public static GateException Usage(string code, string message, SourceLocation? location = null, string? remedy = null) =>
        new(new Diagnostic(code, Severity.Error, message, location, remedy), ExitCode.InvalidUsage);

    /// <summary>A model, data file or server cannot be used (exit 4).</summary>
    public static GateException Input(
        string code, string message, SourceLocation? location = null, string? remedy = null, Exception? innerException = null) =>
        new(new Diagnostic(code, Severity.Error, message, location, remedy), ExitCode.InputUnavailable, innerException);
}
