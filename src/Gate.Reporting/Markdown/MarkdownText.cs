using System.Text;
using Gate.Reporting.Text;

namespace Gate.Reporting.Markdown;

/// <summary>Writes text so that a Markdown reader shows exactly that text.</summary>
internal static class MarkdownText
{
    // Everything that CommonMark, GitHub or a common extension gives a meaning inside a line. Between them a table cell, code, emphasis, a link,
    // HTML, a mention, mathematics, an address and a workflow command (:: and ##) cannot be written.
    private const string Special = "\\`*_{}[]<>#+!|~&:@$=^-";

    /// <summary>The visible form of a text (see <see cref="VisibleText"/>), with every special character escaped by a backslash.</summary>
    public static string Escape(string? text, int limit = int.MaxValue)
    {
        string visible = VisibleText.Of(text, limit);
        StringBuilder escaped = new(visible.Length + 16);
        for (int i = 0; i < visible.Length; i++)
        {
            char c = visible[i];
            if (Special.Contains(c) || (c == '.' && EndsInWww(visible.AsSpan(0, i))))
                escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }

    // "www." starts a link on GitHub without any other mark.
    private static bool EndsInWww(ReadOnlySpan<char> text) => text.EndsWith("www", StringComparison.OrdinalIgnoreCase);
}
