using System.Collections.Immutable;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Logs;

/// <summary>Writes messages as lines of a dialect. A message is always one line, and its text can neither end the command it is in nor start
/// another.</summary>
public static class LogLines
{
    /// <summary>Messages per severity that GitHub shows of one step; the last one tells how many there are besides.</summary>
    public const int GitHubLimit = 10;

    private const int TextLimit = 2000;

    /// <summary>A line for each rule that does not hold, in configuration order.</summary>
    /// <remarks>For GitHub at most nine per severity, then one that says how many more there are and where.</remarks>
    /// <param name="results">The results.</param>
    /// <param name="dialect">Who reads the lines.</param>
    /// <param name="place">Gives the path of a file as the reader needs it; null: as the results have it.</param>
    public static ImmutableArray<string> Of(GateResults results, LogDialect dialect, Func<string?, string?>? place = null)
    {
        LogMessage[] messages = [.. results.Verdict.Rules.Select(rule => LogMessage.Of(rule, results.Run)).OfType<LogMessage>()
            .Select(message => place is null ? message : message with { File = place(message.File) })];
        if (dialect == LogDialect.GitHub)
            messages = [.. messages.GroupBy(message => message.Severity).SelectMany(Limit)];
        return [.. messages.Select(message => Format(message, dialect))];
    }

    /// <summary>One message as one line.</summary>
    public static string Format(LogMessage message, LogDialect dialect) => dialect switch
    {
        LogDialect.GitHub => GitHubLines.Format(message, Text(message)),
        LogDialect.Azure => AzureLines.Format(message, Text(message)),
        LogDialect.TeamCity => TeamCityLines.Format(message, Text(message)),
        _ => Canonical(message),
    };

    /// <summary>The lines that make GitHub read nothing between them as a command; for stretches of log that show what models wrote.</summary>
    /// <param name="token">A random word of at least 16 letters and digits, new for each run.</param>
    /// <exception cref="ArgumentException">The token is too short to be unguessable, or holds other characters.</exception>
    public static (string Stop, string Resume) StopCommands(string token)
    {
        if (token.Length < 16 || !token.All(char.IsAsciiLetterOrDigit))
            throw new ArgumentException("expected at least 16 letters and digits", nameof(token));
        return ($"::stop-commands::{token}", $"::{token}::");
    }

    private static string Text(LogMessage message) => VisibleText.ForLog(message.Text, TextLimit);

    // The form MSBuild parses; a file without a place still is an origin.
    private static string Canonical(LogMessage message)
    {
        string origin = message.File is null ? "gate" : VisibleText.ForLog(message.File);
        string place = message.File is null || message.Line <= 0 ? "" : $"({message.Line},{Math.Max(message.Column, 1)})";
        return $"{origin}{place}: {message.Severity} {VisibleText.ForLog(message.Code)}: {Text(message)}";
    }

    private static IEnumerable<LogMessage> Limit(IGrouping<string, LogMessage> messages)
    {
        int count = messages.Count();
        if (count <= GitHubLimit)
            return messages;
        LogMessage first = messages.First();
        int more = count - (GitHubLimit - 1);
        return
        [
            .. messages.Take(GitHubLimit - 1),
            new LogMessage(messages.Key, first.Code, "more rules", $"and {more} more, see the job summary", first.File),
        ];
    }
}
