namespace Gate.Diagnostics;

/// <summary>GATE4xxx: recipes, budgets and candidates.</summary>
internal static class CompressionDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
    ];
}
