namespace Gate.Diagnostics;

/// <summary>How much a <see cref="Diagnostic"/> matters to the run.</summary>
public enum Severity
{
    /// <summary>Worth knowing; changes nothing.</summary>
    Note,

    /// <summary>The run goes on, the report names it.</summary>
    Warning,

    /// <summary>The run cannot go on, or a rule is breached.</summary>
    Error,
}
