namespace Gate.Diagnostics;

/// <summary>GATE1xxx: the command line and the configuration.</summary>
internal static class UsageDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
    ];
}
