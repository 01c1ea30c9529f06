namespace Gate.Diagnostics;

/// <summary>GATE2xxx: rules of the verdict.</summary>
internal static class RuleDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
    ];
}
