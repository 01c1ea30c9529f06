using System.Text;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Evaluation.Sources;

/// <summary>Reads the rows of a JSON file: the elements of a list, or one object, at a place such as <c>Data</c> or <c>examples</c>.</summary>
internal static class JsonArrays
{
    /// <summary>The rows; one element at a time is parsed.</summary>
    /// <exception cref="GateException">Exit 4: not JSON, or nothing there.</exception>
    public static IEnumerable<DataRecord> Read(string path, string at, BadRows bad)
    {
        ReadOnlyMemory<byte> bytes = SourceFile.ReadData(path);
        string shown = DisplayPath.Of(path);
        int line = 1, counted = 0, index = 0;
        foreach ((int start, int end) in Ranges(bytes, at, shown))
        {
            line += bytes.Span[counted..start].Count((byte)'\n');
            counted = start;
            DataRecord? record = null;
            try
            {
                record = new DataRecord(JsonLines.ParseObject(bytes[start..end], new SourceLocation(shown, line)), new SourceLocation(shown, line)) { Index = index };
            }
            catch (GateException exception) when (BadRows.IsOfRow(exception))
            {
                bad.Add(exception);
            }

            index++;
            if (record is not null)
                yield return record;
        }
    }

    /// <summary>Whether a text begins with a list, so that it is one JSON file and not JSON Lines.</summary>
    public static bool IsArray(ReadOnlySpan<byte> json) => json.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    private static List<(int Start, int End)> Ranges(ReadOnlyMemory<byte> json, string at, string shown)
    {
        Utf8JsonReader reader = new(json.Span, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            reader.Read();
            foreach (string name in at.Split('.', StringSplitOptions.RemoveEmptyEntries))
                Enter(ref reader, name, at, json, shown);
            List<(int Start, int End)> ranges = [];
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                Take(ref reader, ranges);
                return ranges;
            }

            if (reader.TokenType != JsonTokenType.StartArray)
                throw NotThere(at, "neither a list nor an object stands there", json, (int)reader.TokenStartIndex, shown);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                Take(ref reader, ranges);
            return ranges;
        }
        catch (JsonException exception)
        {
            throw GateException.Input(
                "GATE5012", $"'{shown}' is not valid JSON: {exception.Message.Split(". ")[0]}",
                new SourceLocation(shown, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1),
                "the file is read as one JSON document; set 'format' to jsonl if every line is an object of its own", exception);
        }
    }

    private static void Enter(ref Utf8JsonReader reader, string name, string at, ReadOnlyMemory<byte> json, string shown)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw NotThere(at, $"'{name}' is looked for in something that is no object", json, (int)reader.TokenStartIndex, shown);
        int start = (int)reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
                return;
            reader.Skip();
        }

        throw NotThere(at, $"there is no '{name}'", json, start, shown);
    }

    private static void Take(ref Utf8JsonReader reader, List<(int Start, int End)> ranges)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        ranges.Add((start, (int)reader.BytesConsumed));
    }

    private static GateException NotThere(string at, string problem, ReadOnlyMemory<byte> json, int offset, string shown)
    {
        ReadOnlySpan<byte> before = json.Span[..offset];
        return GateException.Input(
            "GATE5032", $"'{shown}' has no rows at '{at}': {problem}",
            new SourceLocation(shown, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1),
            "name the place of the list with 'at' in the task file, for example \"at\": \"Data\"");
    }
}
