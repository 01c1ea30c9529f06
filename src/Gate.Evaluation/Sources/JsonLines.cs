using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Evaluation.Sources;

/// <summary>
/// Reads JSON Lines: one object per line, split at line feeds only (U+2028 and U+0085 are data), a carriage return before the line feed and
/// blank lines ignored. <c>NaN</c> and <c>Infinity</c>, which Python writes, are read as null, so that they are refused only where a value is needed.
/// </summary>
internal static class JsonLines
{
    /// <summary>The objects of a file, one at a time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bad">Receives lines that are not an object.</param>
    /// <exception cref="GateException">Exit 4: missing or empty.</exception>
    public static IEnumerable<DataRecord> Read(string path, BadRows bad)
    {
        ReadOnlyMemory<byte> bytes = SourceFile.ReadData(path);
        string shown = DisplayPath.Of(path);
        int line = 0, index = 0;
        while (!bytes.IsEmpty)
        {
            line++;
            int end = bytes.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> content = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (content.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            SourceLocation location = new(shown, line);
            DataRecord? record = null;
            try
            {
                record = new DataRecord(ParseObject(content, location), location) { Index = index };
            }
            catch (GateException exception) when (BadRows.IsOfRow(exception))
            {
                // A last line without its end is no bad row: what would have followed is missing, too.
                if (end < 0)
                    throw BadRows.CutOff(exception);
                bad.Add(exception);
            }

            index++;
            if (record is not null)
                yield return record;
        }
    }

    /// <summary>Parses one object.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="location">Where it stands.</param>
    public static JsonElement ParseObject(ReadOnlyMemory<byte> json, SourceLocation location)
    {
        JsonElement element;
        try
        {
            element = Parse(json);
        }
        catch (JsonException first)
        {
            try
            {
                element = Parse(ReplaceNotANumber(json.Span));
            }
            catch (JsonException)
            {
                SourceLocation at = location with { Column = (int)(first.BytePositionInLine ?? 0) + 1 };
                throw GateException.Input(
                    "GATE5012", $"line {location.Line} is not valid JSON: {first.Message.Split(". ")[0].TrimEnd('.')}", at,
                    "a data file holds one JSON object per line", first);
            }
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            throw GateException.Input(
                "GATE5012", $"line {location.Line} holds {DataRecord.Describe(element)}, expected an object", location,
                "a data file holds one JSON object per line");
        }

        // Values are refused where they are needed; no field can be found beside a name that is no text.
        return JsonUnicode.FindBroken(json.Span) < 0 || HasReadableNames(element) ? element : throw GateException.Input(
            "GATE5012", $"line {location.Line} has a field whose name is not valid Unicode", location, "save the file as UTF-8 and write surrogates in pairs");
    }

    private static bool HasReadableNames(JsonElement element)
    {
        try
        {
            return element.EnumerateObject().All(property => property.Name is not null);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json) =>
        JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }).RootElement;

    // Replaces the three tokens outside strings; what remains wrong is refused by the parser.
    private static byte[] ReplaceNotANumber(ReadOnlySpan<byte> json)
    {
        MemoryStream result = new(json.Length);
        bool inString = false;
        for (int i = 0; i < json.Length; i++)
        {
            byte b = json[i];
            if (inString && b == '\\' && i + 1 < json.Length)
            {
                result.WriteByte(b);
                result.WriteByte(json[++i]);
                continue;
            }

            if (b == '"')
                inString = !inString;
            int length = inString ? 0 : LengthOfNotANumber(json[i..]);
            if (length > 0)
            {
                result.Write("null"u8);
                i += length - 1;
            }
            else
            {
                result.WriteByte(b);
            }
        }

        return result.ToArray();
    }

    private static int LengthOfNotANumber(ReadOnlySpan<byte> json) =>
        json.StartsWith("NaN"u8) ? 3 : json.StartsWith("Infinity"u8) ? 8 : json.StartsWith("-Infinity"u8) ? 9 : 0;
}
