using System.Globalization;
using System.Text;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Reporting.Text;
using Gate.Results;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>
/// The file behind <c>--outputs-file</c>: what later steps of a build read, one <c>name=value</c> a line of visible text, numbers in their shortest form that reads
/// back as the same number. It is there after every end of a run, also after an error: then it holds <c>verdict=error</c>, the exit code and the message.
/// </summary>
internal static class OutputsFile
{
    private static string? s_written;

    /// <summary>Writes the values of a judged run.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="settings">The invocation.</param>
    /// <param name="results">The run's results.</param>
    /// <param name="reports">Where its reports are.</param>
    public static void Write(string path, ToolSettings settings, GateResults results, ReportPaths reports)
    {
        string verdict = results.Verdict.State switch
        {
            VerdictState.Pass => "passed",
            VerdictState.Fail => "breached",
            VerdictState.Inconclusive => "inconclusive",
            _ => "error",
        };
        Save(path,
        [
            ("verdict", verdict), ("exit-code", $"{results.Verdict.ExitCode}"),
            ("retention", Exact(results.Suite.SemanticRetention?.Value)), ("sr", Exact(results.Suite.SemanticRetention?.Value)),
            ("tcr", Exact(results.Size.TheoreticalCompressionRate)), ("srcr", Exact(results.Suite.SrCr?.Value)),
            ("forgotten-count", $"{results.Forgotten.Length}"), ("run-key", results.Run.RunKey),
            .. reports.Kinds.Select(report => (report.Kind, settings.Show(report.Path))),
        ]);
    }

    /// <summary>Writes the end of a run that has no verdict, with the paths of the two reports that say why.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="settings">The invocation.</param>
    /// <param name="code">How the process will end.</param>
    /// <param name="message">The error in one line.</param>
    /// <param name="reports">Where the reports are.</param>
    public static void WriteUnfinished(string path, ToolSettings settings, ExitCode code, string message, ReportPaths reports) => SaveError(path,
    [
        ("verdict", "error"), ("exit-code", $"{(int)code}"), ("message", message), ("junit", settings.Show(reports.JUnit)), ("summary", settings.Show(reports.Summary)),
    ]);

    /// <summary>Writes the end of an invocation that has no verdict, when its command line asks for outputs and none were written.</summary>
    /// <param name="arguments">The command line, response files expanded.</param>
    /// <param name="code">The exit code of the process.</param>
    /// <param name="message">The error in one line, or null.</param>
    public static void WriteError(IReadOnlyList<string> arguments, int code, string? message)
    {
        if (code is (int)ExitCode.Passed or (int)ExitCode.Breached or (int)ExitCode.Inconclusive || Requested(arguments) is not { Length: > 0 } file)
            return;
        string path = Path.GetFullPath(file);
        if (path == s_written)
            return;
        SaveError(path, [("verdict", "error"), ("exit-code", $"{code}"), .. message is null ? [] : new[] { ("message", message) }]);
    }

    // The error that is being told must not be hidden by a second one.
    private static void SaveError(string path, IEnumerable<(string Name, string Value)> values)
    {
        try
        {
            Save(path, values);
        }
        catch (GateException exception)
        {
            Console.Error.WriteLine(DiagnosticText.Render(exception.Diagnostic with { Severity = Severity.Warning }, CommandDispatch.LogDialect));
        }
    }

    // The command line itself may be what is wrong, so it is not parsed here.
    private static string? Requested(IReadOnlyList<string> arguments)
    {
        const string Name = "--outputs-file";
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == Name && i + 1 < arguments.Count)
                return arguments[i + 1];
            if (arguments[i].StartsWith(Name + "=", StringComparison.Ordinal))
                return arguments[i][(Name.Length + 1)..];
        }

        return null;
    }

    private static void Save(string path, IEnumerable<(string Name, string Value)> values)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in values)
            text.Append(name).Append('=').Append(VisibleText.Of(value)).Append('\n');
        AtomicFile.Write(path, text.ToString());
        s_written = path;
    }

    private static string Exact(double? value) => value is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : "";
}
