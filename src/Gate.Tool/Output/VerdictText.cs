using System.Collections.Immutable;
using Gate.Reporting.Logs;
using Gate.Reporting.Terminal;
using Gate.Results;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>The end of a run: tables, what does not hold and why, where the reports are, and the verdict as the last line.</summary>
internal static class VerdictText
{
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
        foreach (string line in LogLines.Of(results, settings.LogDialect, file => AnnotatedFile.Of(file, settings.LogDialect)))
            Console.Error.WriteLine(line);
    }
}
