using System.Text;

namespace Gate.Reporting.Text;

/// <summary>Makes text that a model, a data file or a user wrote safe to show: one line, and what cannot be seen is written out.</summary>
public static class VisibleText
{
    /// <summary>
    /// The text on one line: line ends and tabs as <c>\n</c>, <c>\r</c>, <c>\t</c>; other control characters, characters that reorder, hide
    /// or tag text, line separators and noncharacters as <c>\u{202E}</c>; all kinds of space as a space; broken surrogates as U+FFFD;
    /// without space at either end.
    /// </summary>
    /// <remarks>What remains is valid in XML 1.0, HTML and JSON. The sets are spelt out so that they do not move with the Unicode version of
    /// the runtime. The zero-width joiner and non-joiner stay: several scripts cannot be written without them.</remarks>
    public static string Of(string? text) => WithSpace(text).Trim(' ');

    /// <summary>The same with the space at both ends left in place.</summary>
    public static string WithSpace(string? text) => Show(text, int.MaxValue);

    /// <summary>At most <paramref name="limit"/> UTF-16 units of visible text, with an ellipsis where something was left out.</summary>
    public static string Of(string? text, int limit)
    {
        string visible = Show(text, limit).Trim(' ');
        if (visible.Length <= limit)
            return visible;
        int end = limit - 1;
        if (char.IsLowSurrogate(visible[end]))
            end--;
        return visible[..end].TrimEnd(' ') + "…";
    }

    // Stops after the limit: answers can be long, and reports show many of them.
    private static string Show(string? text, int limit)
    {
        StringBuilder visible = new();
        int leading = 0;
        foreach (Rune rune in (text ?? "").EnumerateRunes())
        {
            if (visible.Length - leading > limit && visible[^1] != ' ')
                break;
            switch (rune.Value)
            {
                case '\n':
                    visible.Append("\\n");
                    break;
                case '\r':
                    visible.Append("\\r");
                    break;
                case '\t':
                    visible.Append("\\t");
                    break;
                case int value when value == ' ' || IsSpace(value):
                    leading += leading == visible.Length ? 1 : 0;
                    visible.Append(' ');
                    break;
                case int value when IsHidden(value):
                    visible.Append("\\u{").Append(value.ToString("X")).Append('}');
                    break;
                default:
                    visible.Append(rune);
                    break;
            }
        }

        return visible.ToString();
    }

    /// <summary>
    /// Visible text for a log: no two <c>#</c> and no two <c>:</c> stand together, so that no line is taken for a workflow command
    /// (<c>::error::</c>, <c>##[error]</c>, <c>##vso[…]</c>, <c>##teamcity[…]</c>).
    /// </summary>
    public static string ForLog(string? text, int limit = int.MaxValue)
    {
        string visible = Of(text, limit);
        StringBuilder separated = new(visible.Length + 8);
        for (int i = 0; i < visible.Length; i++)
        {
            char c = visible[i];
            if (i > 0 && c is '#' or ':' && visible[i - 1] == c)
                separated.Append(' ');
            separated.Append(c);
        }

        return separated.ToString();
    }

    /// <summary>The same of a text of several lines, each for itself, with the space at their beginnings left in place.</summary>
    public static string LinesForLog(string? text) => string.Join('\n', (text ?? "").Split('\n').Select(line =>
    {
        string visible = WithSpace(line.TrimEnd('\r')).TrimEnd(' ');
        string content = visible.TrimStart(' ');
        return visible[..^content.Length] + ForLog(content);
    }));

    private static bool IsSpace(int value) => value is 0xA0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x202F or 0x205F or 0x3000;

    private static bool IsHidden(int value) =>
        value is < 0x20 or (>= 0x7F and < 0xA0) or 0xAD or 0x61C or 0x180E or 0x200B or 0x200E or 0x200F or (>= 0x2028 and <= 0x202E)
            or (>= 0x2060 and <= 0x206F) or 0xFEFF or (>= 0xFFF9 and <= 0xFFFB) or (>= 0xE0000 and <= 0xE007F) or (>= 0xFDD0 and <= 0xFDEF)
        || (value & 0xFFFE) == 0xFFFE;
}
