using System.Text;

namespace Gate.Reporting.Markdown;

/// <summary>A pipe table; cells are already Markdown.</summary>
/// <param name="columns">Column heads; a head that starts with <c>&gt;</c> is right-aligned.</param>
internal sealed class MarkdownTable(params string[] columns)
{
    private readonly List<string> _rows = [];

    /// <summary>The head and the line under it, each ending in <c>\n</c>.</summary>
    public string Head
    {
        get
        {
            string names = Row([.. columns.Select(column => column.TrimStart('>'))]);
            string rule = Row([.. columns.Select(column => column.StartsWith('>') ? "---:" : "---")]);
            return names + rule;
        }
    }

    /// <summary>A row, ending in <c>\n</c>.</summary>
    public static string Row(params string[] cells) => $"| {string.Join(" | ", cells)} |\n";

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => _rows.Add(Row(cells));

    /// <summary>Writes the table and an empty line; nothing when it has no rows.</summary>
    public void AppendTo(StringBuilder text)
    {
        if (_rows.Count == 0)
            return;
        text.Append(Head);
        foreach (string row in _rows)
            text.Append(row);
        text.Append('\n');
    }
}
