using System.Globalization;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Reporting.Junit;
using Gate.Reporting.Logs;
using Gate.Reporting.Markdown;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>
/// What a run that ends without a verdict leaves for a CI server. Servers collect the JUnit file and the job summary whatever the exit code was, and
/// those of an earlier run would show a verdict that nobody has reached. The full reports of that earlier run stay: they say when and of what they are.
/// </summary>
internal static class UnfinishedRun
{
    /// <summary>Replaces the JUnit file and the summary, and writes the outputs with their paths.</summary>
    /// <param name="exception">Why there is no verdict.</param>
    /// <param name="configuration">Says where the reports are.</param>
    /// <param name="context">Says when it started.</param>
    /// <param name="outputsFile">The file behind <c>--outputs-file</c>, or null.</param>
    /// <param name="settings">The invocation.</param>
    public static void Record(Exception exception, GateConfiguration configuration, RunContext context, string? outputsFile, ToolSettings settings)
    {
        SpareDescriptors.Release();
        (ExitCode code, Diagnostic diagnostic) = CommandFailure.Of(exception, settings.CancellationToken);
        ReportPaths reports = configuration.Reports;
        string time = context.Start.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        string file = configuration.File is { } path ? settings.Show(path) : "";
        string message = DiagnosticText.Render(diagnostic, LogDialect.MSBuild);
        Replace(reports.JUnit, () => JunitReport.RenderNothingRan(diagnostic.Code, message, VersionText.Version, time, file));
        Replace(reports.Summary, () => MarkdownSummary.RenderNothingRan(DiagnosticText.Render(diagnostic, LogDialect.Text), (int)code, VersionText.Version));
        if (outputsFile is { Length: > 0 })
            OutputsFile.WriteUnfinished(Path.GetFullPath(outputsFile, settings.WorkingFolder), settings, code, message, reports);
    }

    // No report is better than one of another run; where not even that can be had, the exit code has to do. Whatever goes wrong here, the failure that led
    // here is the one to tell.
    private static void Replace(string path, Func<string> render)
    {
        try
        {
            ReportWriter.Ignore(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, render());
        }
        catch (Exception)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception exception) when (StorageFault.Is(exception))
            {
                // The exit code has to do.
            }
        }
    }
}
