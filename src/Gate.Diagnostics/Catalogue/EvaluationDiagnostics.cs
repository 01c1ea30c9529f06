namespace Gate.Diagnostics;

/// <summary>GATE5xxx: tasks and scoring.</summary>
internal static class EvaluationDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
    ];
}
