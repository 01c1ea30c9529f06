using Gate.Diagnostics;

namespace Gate.Models.Checkpoints;

/// <summary>Refusals about files as such, whatever they hold.</summary>
internal static class FileDiagnostics
{
    /// <summary>A file that exists cannot be opened or read.</summary>
    public static GateException Unreadable(string path, Exception exception) => GateException.Input(
        "GATE3026",
        $"{path}: expected a readable file, found: {exception.Message.TrimEnd('.')}.",
        new SourceLocation(path),
        "Check that the file is there and that you may read it.",
        exception);

    /// <summary>A file is not as long as it was when it was opened.</summary>
    public static GateException Changed(string path, long expected, long found) => GateException.Input(
        "GATE3025",
        $"{path}: expected the {expected} bytes it had when it was opened, found {found}.",
        new SourceLocation(path),
        "Do not write to a model folder while it is in use; run again when the file is complete.");
}
