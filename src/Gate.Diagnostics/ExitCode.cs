namespace Gate.Diagnostics;

/// <summary>The process exit codes of every front end. Never reused, never renumbered.</summary>
public enum ExitCode
{
    /// <summary>Every threshold was shown to hold.</summary>
    Passed = 0,

    /// <summary>A threshold was shown to be breached.</summary>
    Breached = 1,

    /// <summary>The command line or configuration is wrong, or the recipe cannot meet the budget; nothing was run.</summary>
    InvalidUsage = 2,

    /// <summary>Too few items to decide, and the configuration says that counts.</summary>
    Inconclusive = 3,

    /// <summary>A model, data file or server is missing, unreadable or not as expected; the system refused a file, memory or a file descriptor; or a metric could not be measured.</summary>
    InputUnavailable = 4,

    /// <summary>A defect in Gate.</summary>
    InternalError = 70,

    /// <summary>Interrupted; finished items are kept.</summary>
    Cancelled = 130,
}
