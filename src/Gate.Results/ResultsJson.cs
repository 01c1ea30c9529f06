using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gate.Results;

/// <summary>Writes and reads <c>results.json</c>.</summary>
/// <remarks>
/// <para>The bytes depend on the value alone: UTF-8 without byte order mark, <c>\n</c>, two spaces, fields in the order of declaration in
/// camelCase, every field present, numbers in the shortest form that reads back to the same bits.</para>
/// <para>JSON has no number for NaN and the infinities: they are the strings <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>, and
/// read back as such. A lone half of a surrogate pair cannot be written as UTF-8 and becomes U+FFFD.</para>
/// <para>Unknown fields are ignored when reading, so that a file with additions of a later version 1 can still be rendered; Gate never
/// writes a results file it has read. A field given twice, a null where a value is required, and a higher
/// <see cref="GateResults.SchemaVersion"/> are refused.</para>
/// </remarks>
public static class ResultsJson
{
    /// <summary>The version that this code writes, and the highest it reads.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The document as text, ending in one <c>\n</c>.</summary>
    public static string Write(GateResults results)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, JsonText.Indented))
            JsonSerializer.Serialize(writer, results, ResultsJsonContext.Default.GateResults);
        return JsonText.EscapeForReaders(buffer.WrittenSpan) + "\n";
    }

    /// <summary>The document as the bytes of a file.</summary>
    public static byte[] WriteUtf8(GateResults results) => Encoding.UTF8.GetBytes(Write(results));

    /// <summary>Reads a document.</summary>
    /// <exception cref="ResultsFormatException">It is not JSON, not complete, holds a value of the wrong type, is of a newer version, or its verdict contradicts its rules.</exception>
    public static GateResults Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    /// <summary>Reads a document from the bytes of a file; a byte order mark is accepted.</summary>
    /// <exception cref="ResultsFormatException">It is not JSON, not complete, holds a value of the wrong type, is of a newer version, or its verdict contradicts its rules.</exception>
    public static GateResults Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        try
        {
            using (JsonDocument document = JsonDocument.Parse(utf8))
                ResultsJsonChecks.Check(document.RootElement);
            GateResults results = JsonSerializer.Deserialize(utf8.Span, ResultsJsonContext.Default.GateResults)!;
            CheckTimestamp(results.Run.Timestamp);
            VerdictConsistency.Check(results);
            return results;
        }
        catch (JsonException e)
        {
            string path = e.Path ?? "$";
            throw new ResultsFormatException(
                $"not a results file of Gate at {path}, line {e.LineNumber + 1}: {ResultsJsonChecks.FirstSentence(e)}", path, (e.LineNumber ?? -1) + 1, e);
        }
        catch (InvalidOperationException e)
        {
            // A key that is no Unicode: bytes that are not UTF-8, or half a surrogate pair.
            throw new ResultsFormatException($"not a results file of Gate: a key holds text that is not Unicode ({e.Message})", "$", 0, e);
        }
    }

    private static void CheckTimestamp(string timestamp)
    {
        if (!DateTime.TryParseExact(timestamp, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            throw new ResultsFormatException(
                $"not a results file of Gate at $.run.timestamp: expected a time as yyyy-MM-ddTHH:mm:ss, found \"{timestamp}\"", "$.run.timestamp");
        }
    }
}
