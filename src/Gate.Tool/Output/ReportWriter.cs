using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Reporting.Html;
using Gate.Reporting.Junit;
using Gate.Reporting.Markdown;
using Gate.Reporting.Sarif;
using Gate.Results;

namespace Gate.Tool.Output;

/// <summary>Writes the reports of a result; each appears as a whole or not at all.</summary>
internal static class ReportWriter
{
    /// <summary>Everything of a run, the results last: when they are there, the rest is too.</summary>
    /// <returns>The paths written, in the order they are listed to people.</returns>
    public static ImmutableArray<string> WriteAll(GateRunOutcome outcome, ReportPaths paths)
    {
        var items = new StringWriter { NewLine = "\n" };
        ItemsJsonLines.Write(items, outcome.Items);
        AtomicFile.Write(paths.Items, items.ToString());
        WriteRendered(outcome.Results, paths);
        AtomicFile.Write(paths.Json, ResultsJson.WriteUtf8(outcome.Results));
        foreach (string folder in paths.All.Select(path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal))
            Ignore(folder);
        return paths.All;
    }

    /// <summary>The reports that are rendered from the results alone.</summary>
    public static ImmutableArray<string> WriteRendered(GateResults results, ReportPaths paths)
    {
        AtomicFile.Write(paths.JUnit, JunitReport.Render(results));
        AtomicFile.Write(paths.Markdown, MarkdownReport.Render(results));
        AtomicFile.Write(paths.Html, HtmlReport.Render(results));
        AtomicFile.Write(paths.Summary, MarkdownSummary.Render(results));
        if (paths.Sarif is { } sarif)
            AtomicFile.Write(sarif, SarifReport.Render(results));
        return [.. paths.All.Except([paths.Json, paths.Items], StringComparer.Ordinal)];
    }

    /// <summary>A folder named <c>out</c> that was made for reports keeps itself out of version control; any other folder is the user's.</summary>
    /// <param name="folder">Absolute.</param>
    public static void Ignore(string folder)
    {
        string path = Path.Combine(folder, ".gitignore");
        if (Path.GetFileName(folder) == "out" && !File.Exists(path))
            AtomicFile.Write(path, "*\n");
    }
}
