using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Reporting.Logs;
using Gate.Reporting.Text;

namespace Gate.Tool.Output;

/// <summary>Diagnostics as lines of a log.</summary>
internal static class DiagnosticText
{
    /// <summary>One diagnostic, without a line break at the end. Text has the remedy on a line of its own; every other dialect is one line.</summary>
    public static string Render(Diagnostic diagnostic, LogDialect dialect)
    {
        string severity = diagnostic.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" };
        string subject = DiagnosticCatalogue.Find(diagnostic.Code)?.Title ?? "Gate";
        bool remedyApart = dialect == LogDialect.Text;
        string sentence = Sentence(diagnostic);
        string text = diagnostic.Remedy is null || remedyApart ? sentence : $"{sentence.TrimEnd('.')}; {diagnostic.Remedy}";
        var message = new LogMessage(
            severity, diagnostic.Code, subject, text, AnnotatedFile.Of(Shown(diagnostic.Location?.File), dialect), diagnostic.Location?.Line ?? 0, diagnostic.Location?.Column ?? 0);
        string line = LogLines.Format(message, dialect);
        return remedyApart && diagnostic.Remedy is { } remedy ? $"{line}\n  {VisibleText.ForLog(remedy)}" : line;
    }

    // The place stands before the sentence already.
    private static string Sentence(Diagnostic diagnostic) =>
        diagnostic.Location is { } place && diagnostic.Message.StartsWith($"{place.File}: ", StringComparison.Ordinal)
            ? diagnostic.Message[(place.File.Length + 2)..] : diagnostic.Message;

    private static string? Shown(string? file) =>
        file is null || !Path.IsPathFullyQualified(file) ? file : ConfigurationReader.Show(file, Directory.GetCurrentDirectory());
}
