using Gate.Diagnostics;

namespace Gate.Tool.Output;

/// <summary>Diagnostics as lines of a log.</summary>
internal static class DiagnosticText
{
    /// <summary>One diagnostic, without a line break at the end.</summary>
    public static string Render(Diagnostic diagnostic, LogFormat format) => format switch
    {
        LogFormat.Github => Annotation(diagnostic),
        LogFormat.Msbuild => OneLine(diagnostic.Remedy is null ? diagnostic.ToString() : $"{diagnostic}; {diagnostic.Remedy}"),
        _ => diagnostic.Remedy is null ? Visible(diagnostic.ToString()) : $"{Visible(diagnostic.ToString())}\n  {Visible(diagnostic.Remedy)}",
    };

    private static string Annotation(Diagnostic diagnostic)
    {
        string kind = diagnostic.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "notice" };
        List<string> properties = [];
        if (diagnostic.Location is { } place)
        {
            properties.Add($"file={Property(place.File)}");
            if (place.Line > 0)
                properties.Add($"line={place.Line}");
            if (place.Column > 0)
                properties.Add($"col={place.Column}");
        }

        properties.Add($"title={Property(diagnostic.Code)}");
        string text = diagnostic.Remedy is null ? diagnostic.Message : $"{diagnostic.Message}\n{diagnostic.Remedy}";
        return $"::{kind} {string.Join(',', properties)}::{Data(text)}";
    }

    private static string Data(string text) => text.Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    private static string OneLine(string text) => Visible(text.ReplaceLineEndings(" "));

    // Messages can quote hostile input: nothing may move the cursor or forge a line.
    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '\uFFFD' : c));
}
