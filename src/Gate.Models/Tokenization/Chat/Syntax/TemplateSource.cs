using Gate.Diagnostics;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>The text of a template with what a message about it needs.</summary>
/// <param name="Text">The text as Jinja sees it: line feeds alone, the last one left out.</param>
/// <param name="File">The file it stands in.</param>
/// <param name="Key">The key of that file, with its own place, when the template is a value of a JSON file; null when it is the file.</param>
internal sealed record TemplateSource(string Text, string File, (string Name, SourceLocation Place)? Key)
{
    /// <summary>A source from a text as read.</summary>
    public static TemplateSource Of(string text, string file, (string Name, SourceLocation Place)? key = null)
    {
        string lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return new TemplateSource(lines.EndsWith('\n') ? lines[..^1] : lines, file, key);
    }

    /// <summary>The diagnostic of something at a place of the template.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="reason">What is wrong.</param>
    /// <param name="position">Offset in <see cref="Text"/>.</param>
    /// <param name="remedy">What to do.</param>
    public GateException Refuse(string code, string reason, int position, string remedy)
    {
        ReadOnlySpan<char> before = Text.AsSpan(0, Math.Min(position, Text.Length));
        int line = before.Count('\n') + 1;
        int column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return Key is { } key
            ? GateException.Input(code, $"{File}: '{key.Name}', line {line}, column {column} of the template: {reason}", key.Place, remedy)
            : GateException.Input(code, $"{File}: line {line}, column {column}: {reason}", new SourceLocation(File, line, column), remedy);
    }
}
