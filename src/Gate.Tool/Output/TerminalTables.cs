using Gate.Tool.CommandLine;
using Spectre.Console;

namespace Gate.Tool.Output;

/// <summary>Tables on a terminal.</summary>
internal static class TerminalTables
{
    /// <summary>A console on standard error.</summary>
    public static IAnsiConsole ErrorConsole(ToolSettings settings) => Create(settings, Console.Error);

    /// <summary>Draws a table on standard output.</summary>
    public static void Draw(ToolSettings settings, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (string head in heads)
            table.AddColumn(new TableColumn(Markup.Escape(head)));
        foreach (IReadOnlyList<string> row in rows)
            table.AddRow([.. row.Select(Styled)]);
        Create(settings, Console.Out).Write(table);
    }

    private static Markup Styled(string text) => text switch
    {
        "pass" => new Markup("[green]pass[/]"),
        "fail" => new Markup("[red]fail[/]"),
        "inconclusive" => new Markup("[yellow]inconclusive[/]"),
        _ => new Markup(Markup.Escape(text)),
    };

    private static IAnsiConsole Create(ToolSettings settings, TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        ColorSystem = settings.Color ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
    });
}
