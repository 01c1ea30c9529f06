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
    ];
}
