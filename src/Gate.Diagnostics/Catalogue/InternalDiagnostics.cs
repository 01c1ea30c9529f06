namespace Gate.Diagnostics;

/// <summary>GATE9xxx: defects in Gate.</summary>
internal static class InternalDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new(
            "GATE9001", "A defect in Gate",
            "Something happened that should not; it is not the user's mistake.",
            "Report it with the log file named in the message."),
        new(
            "GATE9002", "Engine missing",
            "The Gate.MSBuild package on disk lacks the engine that it carries.",
            "Delete the package from the packages folder and restore again."),
        new(
            "GATE9003", "Run interrupted",
            "The build was cancelled while the gate ran. Finished answers are kept.",
            "Build again; the run goes on where it stopped."),
    ];
}
