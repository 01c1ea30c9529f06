using System.Text;
using Gate.Reporting.Text;

namespace Gate.Reporting.Markdown;

/// <summary>Writes text so that a Markdown reader shows exactly that text.</summary>
internal static class MarkdownText
{
    // What CommonMark, GitHub or a common extension gives a meaning wherever it stands. Together with the cases below, a table cell, code,
    // emphasis, a link, HTML, mathematics, an address and a workflow command (:: and ##) cannot be written.
    private const string Special = "\\`*_{}[]<>#+!|~&@$=^";

    /// <summary>The visible form of a text (see <see cref="VisibleText"/>), with every special character escaped by a backslash.</summary>
    public static string Escape(string? text, int limit = int.MaxValue)
    {
        string visible = VisibleText.Of(text, limit);
        StringBuilder escaped = new(visible.Length + 16);
        for (int i = 0; i < visible.Length; i++)
        {
            if (Special.Contains(visible[i]) || IsSpecialHere(visible, i))
                escaped.Append('\\');
            escaped.Append(visible[i]);
        }

        return escaped.ToString();
    }

    private static bool IsSpecialHere(string text, int i) => text[i] switch
    {
        '-' => i == 0 || text[i - 1] == '-',
        ':' => (i + 1 < text.Length && text[i + 1] != ' ') || (i > 0 && text[i - 1] == ':'),
        '"' => i > 0 && text[i - 1] == '"',
        '.' => text.AsSpan(0, i).EndsWith("www", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
