using System.CommandLine;
using System.Globalization;
using System.Text;
using Gate.Core.Audits;
using Gate.Core.Verdicts.Statistics;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate audit TABLE</c>: what published scores support.</summary>
internal static class AuditCommand
{
    private const double DefaultLimit = 0.95, DefaultConfidence = 0.95;

    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> table = new("table") { Description = "CSV, or a Markdown file with a table: task, items, dense, candidate, and chance where guessing helps" };
        Option<double?> limit = new("--retention") { Description = "Least retention; 0.95 when left out" };
        Option<double?> confidence = new("--confidence") { Description = "One-sided confidence; 0.95 when left out" };
        command.Arguments.Add(table);
        command.Options.Add(limit);
        command.Options.Add(confidence);
        return (parsed, settings) =>
        {
            double least = Share("--retention", parsed.GetValue(limit) ?? DefaultLimit), sure = Share("--confidence", parsed.GetValue(confidence) ?? DefaultConfidence);
            string path = Path.GetFullPath(parsed.GetValue(table)!, settings.WorkingFolder), shown = settings.Show(path);
            AuditedScore[] audited = [.. PublishedTable.Read(shown, ReadText(path, shown)).Select(score => AuditedScore.Of(score, least, sure))];
            if (settings.Json)
                WriteJson(audited);
            else
                WriteText(settings, audited, least, sure);
            return audited.Any(score => score.State == "fail") ? ExitCode.Breached
                : audited.All(score => score.State == "pass") ? ExitCode.Passed : ExitCode.Inconclusive;
        };
    }

    /// <summary>A number between 0 and 1, neither of them.</summary>
    /// <exception cref="GateException">Exit 2 (GATE1010).</exception>
    internal static double Share(string option, double value) => value is > 0 and < 1 ? value : throw GateException.Usage(
        "GATE1010", $"{option}: expected a number between 0 and 1, found {value.ToString("R", CultureInfo.InvariantCulture)}", remedy: $"write {option} 0.95");

    private static string ReadText(string path, string shown)
    {
        try
        {
            return File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is DecoderFallbackException)
        {
            throw GateException.Input("GATE5120", $"'{shown}' cannot be read: {exception.Message}", new SourceLocation(shown), "name a CSV or Markdown file in UTF-8", exception);
        }
    }

    private static void WriteText(ToolSettings settings, AuditedScore[] audited, double limit, double confidence)
    {
        ResultText.Table(settings, ["task", "items", "dense", "candidate", "retention", "fewest changes", "independent answers", "verdict"],
        [
            .. audited.Select(score => (IReadOnlyList<string>)
            [
                score.Score.Task, $"{score.Score.Items}", Text(score.Score.Dense), Text(score.Score.Candidate), score.Retention is { } retention ? Text(retention) : "n/a",
                Text(score.Narrow), Text(score.Wide), score.State,
            ]),
        ]);
        ResultText.Line();
        ResultText.Line($"limit: retention of at least {Text(limit)}, one-sided confidence {Text(confidence)}. Published scores do not say which items changed: a verdict stands when it holds");
        ResultText.Line("both when as few changed as can have and when the answers before and after are independent. Items are taken for independent of each other.");
    }

    private static void WriteJson(AuditedScore[] audited) => JsonOutput.Write(writer =>
    {
        writer.WriteStartArray();
        foreach (AuditedScore score in audited)
        {
            writer.WriteStartObject();
            writer.WriteString("task", score.Score.Task);
            writer.WriteNumber("items", score.Score.Items);
            writer.WriteNumber("dense", score.Score.Dense);
            writer.WriteNumber("candidate", score.Score.Candidate);
            writer.WriteNumber("chance", score.Score.Chance);
            Number("retention", score.Retention);
            Number("narrowLower", score.Narrow?.Lower);
            Number("narrowUpper", score.Narrow?.Upper);
            Number("wideLower", score.Wide?.Lower);
            Number("wideUpper", score.Wide?.Upper);
            writer.WriteString("state", score.State);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();

        void Number(string name, double? value)
        {
            if (value is { } number)
                writer.WriteNumber(name, number);
            else
                writer.WriteNull(name);
        }
    });

    private static string Text(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Text(Interval? interval) => interval is { } bounds ? $"[{Text(bounds.Lower)}, {Text(bounds.Upper)}]" : "n/a";
}
