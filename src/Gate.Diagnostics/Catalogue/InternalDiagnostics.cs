namespace Gate.Diagnostics;

/// <summary>GATE9xxx: defects in Gate.</summary>
internal static class InternalDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
    ];
}
