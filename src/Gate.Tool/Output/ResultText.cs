using System.Text;
using Gate.Reporting.Text;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>Results on standard output: drawn tables on a terminal, aligned columns elsewhere.</summary>
internal static class ResultText
{
    /// <summary>A table.</summary>
    public static void Table(ToolSettings settings, IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        rows = [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(Cell)])];
        if (!settings.Plain && !Console.IsOutputRedirected)
        {
            TerminalTables.Draw(settings, heads, rows);
            return;
        }

        int[] widths = [.. Enumerable.Range(0, heads.Count).Select(i => rows.Select(row => row[i].Length).Append(heads[i].Length).Max())];
        var text = new StringBuilder();
        foreach (IReadOnlyList<string> row in rows.Prepend(heads))
            text.Append(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()).Append('\n');
        Console.Out.Write(text);
    }

    // Pieces of tokens begin with ## and stay as they are; only with a bracket behind it could a CI server take it for a command.
    private static string Cell(string cell) => cell.Contains('[', StringComparison.Ordinal) ? VisibleText.ForLog(cell) : VisibleText.WithSpace(cell);

    /// <summary>A line, or several; what stands in them may come from anywhere, and no terminal and no CI server takes it for a command.</summary>
    public static void Line(string text = "") => Console.Out.Write(VisibleText.LinesForLog(text) + "\n");
}
