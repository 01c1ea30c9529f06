namespace Gate.Diagnostics;

/// <summary>GATE3xxx: models, tokenizers and data files.</summary>
internal static class InputDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new(
            "GATE3000", "Input unusable",
            "The engine ended with exit code 4 and printed no diagnostic of its own.",
            "Read the log named in the message."),
        .. CheckpointDiagnostics.Entries,
        .. TokenizerDiagnostics.Entries,
        .. InferenceDiagnostics.Entries,
        .. RunDiagnostics.Entries,
        .. QuantizedCheckpointDiagnostics.Entries,
        .. ChatDiagnostics.Entries,
        .. EngineDiagnostics.Entries,
    ];
}
