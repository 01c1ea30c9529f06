namespace Gate.Diagnostics;

/// <summary>Every code Gate can print, with its cause and remedy. One file per range, registered here.</summary>
public static class DiagnosticCatalogue
{
    /// <summary>All entries, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } = [.. Ranges.OrderBy(entry => entry.Code, StringComparer.Ordinal)];

    private static IEnumerable<DiagnosticEntry> Ranges =>
    [
        .. UsageDiagnostics.Entries,
        .. RuleDiagnostics.Entries,
        .. InputDiagnostics.Entries,
        .. CompressionDiagnostics.Entries,
        .. EvaluationDiagnostics.Entries,
        .. ServerDiagnostics.Entries,
        .. InternalDiagnostics.Entries,
    ];

    /// <summary>The entry of a code, or null when the code is unknown. Case does not matter.</summary>
    public static DiagnosticEntry? Find(string code) =>
        Entries.FirstOrDefault(entry => string.Equals(entry.Code, code, StringComparison.OrdinalIgnoreCase));
}
