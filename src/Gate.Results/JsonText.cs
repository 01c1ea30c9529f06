using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gate.Results;

/// <summary>How Gate writes JSON: readable text, fixed bytes, and nothing a log viewer or a CI runner would act on.</summary>
internal static class JsonText
{
    /// <summary>Two spaces, <c>\n</c>, letters of all scripts as themselves.</summary>
    public static JsonWriterOptions Indented { get; } = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The same on one line.</summary>
    public static JsonWriterOptions Compact { get; } = Indented with { Indented = false };

    /// <summary>
    /// Escapes, in finished JSON, what is harmless to a parser but not to a reader: characters that reorder or hide text, and the second
    /// <c>#</c> of <c>##</c>, with which logged text would address Azure Pipelines, TeamCity or an old GitHub runner.
    /// </summary>
    /// <remarks>All of these occur inside strings only, so the escape never changes the document.</remarks>
    public static string EscapeForReaders(ReadOnlySpan<byte> utf8)
    {
        string json = Encoding.UTF8.GetString(utf8);
        StringBuilder? escaped = null;
        for (int i = 0; i < json.Length; i++)
        {
            char c = json[i];
            if (IsHidden(c) || (c == '#' && i > 0 && json[i - 1] == '#'))
            {
                escaped ??= new StringBuilder(json, 0, i, json.Length + 64);
                escaped.Append("\\u").Append(((int)c).ToString("x4"));
            }
            else
            {
                escaped?.Append(c);
            }
        }

        return escaped?.ToString() ?? json;
    }

    private static bool IsHidden(char c) =>
        c is '\u061C' or (>= '\u200B' and <= '\u200F') or (>= '\u2028' and <= '\u202E') or (>= '\u2060' and <= '\u206F') or '\uFEFF';
}
