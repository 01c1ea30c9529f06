using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gate.Diagnostics;
using Gate.Evaluation.Normalization;

namespace Gate.Evaluation.Sources;

/// <summary>Reads plain text as rows: the whole text, its lines, or the matches of a pattern.</summary>
internal static class TextRows
{
    /// <summary>One row with the field <c>text</c>, or one for each match of the pattern with a field for each of its named groups.</summary>
    /// <exception cref="GateException">Exit 4: missing, empty, not UTF-8, nothing matches.</exception>
    public static IEnumerable<DataRecord> Read(string path, string pattern)
    {
        string shown = DisplayPath.Of(path);
        string text = SourceFile.DecodeText(path, SourceFile.ReadData(path).Span).Replace("\r\n", "\n", StringComparison.Ordinal);
        if (pattern.Length == 0)
            return [Row(new JsonObject { ["text"] = text }, shown, 1, 0)];
        Regex regex = PythonPattern.Of(pattern);
        List<DataRecord> rows = [];
        int line = 1, counted = 0;
        foreach (Match match in regex.Matches(text))
        {
            line += text.AsSpan(counted, match.Index - counted).Count('\n');
            counted = match.Index;
            rows.Add(Row(
                new JsonObject(match.Groups.Values.Where(group => group.Success && !char.IsAsciiDigit(group.Name[0]))
                    .Select(group => KeyValuePair.Create(group.Name, (JsonNode?)JsonValue.Create(group.Value)))),
                shown, line, rows.Count));
        }

        return rows.Count > 0 ? rows : throw GateException.Input(
            "GATE5034", $"nothing in '{shown}' matches the pattern of its rows", new SourceLocation(shown, 1), "check 'pattern' in the task file against the file");
    }

    /// <summary>A row for every line that is not empty, with the field <c>text</c>.</summary>
    /// <exception cref="GateException">Exit 4: missing, empty, not UTF-8.</exception>
    public static IEnumerable<DataRecord> ReadLines(string path)
    {
        string shown = DisplayPath.Of(path);
        string[] lines = SourceFile.DecodeText(path, SourceFile.ReadData(path).Span).Split('\n');
        int index = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.Length > 0)
                yield return Row(new JsonObject { ["text"] = line }, shown, i + 1, index++);
        }
    }

    private static DataRecord Row(JsonObject fields, string shown, int line, int index) =>
        new(JsonSerializer.SerializeToElement(fields), new SourceLocation(shown, line)) { Index = index };
}
