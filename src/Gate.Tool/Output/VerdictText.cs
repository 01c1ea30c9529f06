using System.Collections.Immutable;
using System.Globalization;
using Gate.Diagnostics;
using Gate.Reporting.Terminal;
using Gate.Results;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>The end of a run: tables, what does not hold and why, where the reports are, and the verdict as the last line.</summary>
internal static class VerdictText
{
    private const int MostAnnotations = 9;

    /// <summary>Prints the tables and the verdict.</summary>
    public static void Print(ToolSettings settings, GateResults results, ImmutableArray<string> reports)
    {
        VerdictTable table = VerdictTable.Of(results);
        PrintRules(settings, results);
        ResultText.Line();
        ResultText.Table(settings, table.TaskColumns, [.. table.Tasks.Select(row => (IReadOnlyList<string>)row)]);
        ResultText.Line();
        int width = table.Sizes.Max(size => size.Key.Length);
        foreach ((string name, string text) in table.Sizes)
            ResultText.Line($"{name.PadRight(width)}  {text}");
        ResultText.Line();
        ResultText.Table(settings, table.RuleColumns, [.. table.Rules.Select(row => (IReadOnlyList<string>)row)]);
        ResultText.Line();
        ResultText.Line($"reports: {string.Join(", ", reports.Select(settings.Show))}");
        ResultText.Line(table.FinalLine);
    }

    /// <summary>Tells each rule that does not hold as a diagnostic on standard error.</summary>
    public static void PrintRules(ToolSettings settings, GateResults results)
    {
        Diagnostic[] broken = [.. results.Verdict.Rules.Where(rule => rule.State != VerdictState.Pass).Select(rule => ToDiagnostic(rule, results))];
        int shown = settings.LogFormat == LogFormat.Github ? MostAnnotations : broken.Length;
        foreach (Diagnostic diagnostic in broken.Take(shown))
            Console.Error.WriteLine(DiagnosticText.Render(diagnostic, settings.LogFormat));
        if (broken.Length > shown)
            Console.Error.WriteLine($"::error title=Gate::and {broken.Length - shown} more rules, see the summary");
    }

    /// <summary>The values later steps of a build read, one <c>name=value</c> a line.</summary>
    public static string Outputs(ToolSettings settings, GateResults results, Core.Configuration.ReportPaths reports)
    {
        string verdict = results.Verdict.State switch
        {
            VerdictState.Pass => "passed",
            VerdictState.Fail => "breached",
            VerdictState.Inconclusive => "inconclusive",
            _ => "error",
        };
        (string Name, string Value)[] values =
        [
            ("verdict", verdict), ("exit-code", $"{results.Verdict.ExitCode}"),
            ("retention", Exact(results.Suite.SemanticRetention.Value)), ("sr", Exact(results.Suite.SemanticRetention.Value)),
            ("tcr", Exact(results.Size.TheoreticalCompressionRate)), ("srcr", Exact(results.Suite.SrCr?.Value)),
            ("forgotten-count", $"{results.Forgotten.Length}"), ("run-key", results.Run.RunKey),
            ("report-json", settings.Show(reports.Json)), ("junit", settings.Show(reports.JUnit)), ("markdown", settings.Show(reports.Markdown)),
            ("html", settings.Show(reports.Html)), ("summary", settings.Show(reports.Summary)),
        ];
        return string.Concat(values.Select(pair => $"{pair.Name}={pair.Value}\n"));
    }

    private static Diagnostic ToDiagnostic(RuleResult rule, GateResults results)
    {
        bool isWarning = rule.State == VerdictState.Inconclusive && results.Run.OnInconclusive == "warn";
        SourceLocation? place = rule.File is null ? null : new SourceLocation(rule.File, rule.Line, rule.Column);
        return new Diagnostic(rule.Code, isWarning ? Severity.Warning : Severity.Error, rule.Reason, place);
    }

    private static string Exact(double? value) => value is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : "";
}
