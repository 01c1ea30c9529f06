using Gate.Reporting.Text;

namespace Gate.Reporting.Logs;

/// <summary>Logging commands of Azure Pipelines: <c>##vso[task.logissue type=error;…]text</c>. Notes have no command and stay text.</summary>
internal static class AzureLines
{
    public static string Format(LogMessage message, string text)
    {
        if (message.Severity is not ("error" or "warning"))
            return $"{VisibleText.ForLog(message.Code)}: {text}";
        string place = message.File is null ? "" : $"sourcepath={Property(message.File)};";
        if (message.File is not null && message.Line > 0)
            place += $"linenumber={message.Line};columnnumber={Math.Max(message.Column, 1)};";
        return $"##vso[task.logissue type={message.Severity};{place}code={Property(message.Code)};]{Data(text)}";
    }

    private static string Data(string text) => VisibleText.ForLog(text).Replace("%", "%AZP25", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(";", "%3B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);
}
