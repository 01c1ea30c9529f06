using System.Text;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>Results on standard output: drawn tables on a terminal, aligned columns elsewhere.</summary>
internal static class ResultText
{
    /// <summary>A table.</summary>
    public static void Table(ToolSettings settings, IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
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

    /// <summary>A line.</summary>
    public static void Line(string text = "") => Console.Out.Write(text + "\n");
}
