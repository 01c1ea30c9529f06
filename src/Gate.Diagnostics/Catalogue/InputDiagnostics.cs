namespace Gate.Diagnostics;

/// <summary>GATE3xxx: models, tokenizers and data files.</summary>
internal static class InputDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        .. CheckpointDiagnostics.Entries,
        .. TokenizerDiagnostics.Entries,
        .. InferenceDiagnostics.Entries,
        .. RunDiagnostics.Entries,
        .. QuantizedCheckpointDiagnostics.Entries,
    ];
}
