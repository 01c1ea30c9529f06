using System.Collections.Immutable;
using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Reporting;
using Gate.Reporting.Html;
using Gate.Reporting.Junit;
using Gate.Reporting.Markdown;
using Gate.Reporting.Sarif;
using Gate.Results;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate report RESULTS</c>.</summary>
internal static class ReportCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> results = new("results") { Description = "results.json of a run" };
        Option<string?> folder = new("--report-dir") { Description = "Folder of the reports; left out: beside the results" };
        Option<string?> format = new("--format") { Description = "Print one report on standard output: junit, markdown, html, sarif or summary" };
        command.Arguments.Add(results);
        command.Options.Add(folder);
        command.Options.Add(format);
        return (parsed, settings) =>
        {
            string path = Path.GetFullPath(parsed.GetValue(results)!, settings.WorkingFolder);
            GateResults read = Read(path, settings.Show(path));
            if (settings.Json)
            {
                Console.Out.Write(ResultsJson.Write(read));
            }
            else if (parsed.GetValue(format) is { } name)
            {
                Console.Out.Write(Render(name, read));
            }
            else
            {
                string target = parsed.GetValue(folder) is { Length: > 0 } chosen ? Path.GetFullPath(chosen, settings.WorkingFolder) : Path.GetDirectoryName(path)!;
                ImmutableArray<string> written = ReportWriter.WriteRendered(read, PathsIn(target));
                ResultText.Line($"reports: {string.Join(", ", written.Select(settings.Show))}");
            }

            return ExitCode.Passed;
        };
    }

    private static ReportPaths PathsIn(string folder) => new ReportPaths(
        ReportFiles.Results, ReportFiles.Items, ReportFiles.Junit, ReportFiles.Markdown, ReportFiles.Html, ReportFiles.Summary).In(folder);

    private static string Render(string format, GateResults results) => format switch
    {
        "junit" => JunitReport.Render(results),
        "html" => HtmlReport.Render(results),
        "markdown" => MarkdownReport.Render(results),
        "sarif" => SarifReport.Render(results),
        "summary" => MarkdownSummary.Render(results),
        _ => throw GateException.Usage("GATE1010", $"--format must be one of junit, markdown, html, sarif, summary, found \"{format}\""),
    };

    private static GateResults Read(string path, string shown)
    {
        try
        {
            return ResultsJson.Read(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is ResultsFormatException)
        {
            throw GateException.Input(
                "GATE3107", $"'{shown}' cannot be read as results of a run: {exception.Message}", new SourceLocation(shown),
                "name the results.json that 'gate run' wrote", exception);
        }
    }
}
