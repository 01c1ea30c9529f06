using Gate.Reporting.Text;

namespace Gate.Reporting.Logs;

/// <summary>Workflow commands of GitHub Actions: <c>::error file=…,line=…,title=…::text</c>.</summary>
internal static class GitHubLines
{
    public static string Format(LogMessage message, string text)
    {
        string command = message.Severity switch { "error" => "error", "warning" => "warning", _ => "notice" };
        List<string> properties = [];
        if (message.File is not null)
        {
            properties.Add("file=" + Property(message.File));
            if (message.Line > 0)
                properties.Add($"line={message.Line}");
            if (message.Line > 0 && message.Column > 0)
                properties.Add($"col={message.Column}");
        }

        properties.Add("title=" + Property($"{message.Code} {message.Subject}"));
        return $"::{command} {string.Join(',', properties)}::{Data(text)}";
    }

    private static string Data(string text) => VisibleText.ForLog(text).Replace("%", "%25", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
