using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Gate.Results;

/// <summary>The JSON schemas of <c>results.json</c> and of a line of <c>items.jsonl</c>, made from the types that are written.</summary>
public static class ResultsSchema
{
    /// <summary>The schema of <c>results.json</c>, draft 2020-12.</summary>
    public static string ForResults { get; } = Write(ResultsJsonContext.Default.GateResults, "Results of a Gate run");

    /// <summary>The schema of one line of <c>items.jsonl</c>, draft 2020-12.</summary>
    public static string ForItem { get; } = Write(ResultsJsonContext.Default.ItemRecord, "One question and both models' answers");

    // The exporter forgets that a number which may be absent may be null when it may also be one of the strings NaN and Infinity.
    private static JsonNode AllowNullNumbers(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.TypeInfo.Type == typeof(double?) && schema is JsonObject { } node && node["anyOf"] is JsonArray choices)
            choices.Add(new JsonObject { ["type"] = "null" });
        return schema;
    }

    private static string Write(JsonTypeInfo type, string title)
    {
        JsonSchemaExporterOptions options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = AllowNullNumbers };
        JsonObject exported = type.GetJsonSchemaAsNode(options).AsObject();
        JsonObject schema = new() { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = title };
        foreach (KeyValuePair<string, JsonNode?> part in exported.ToArray())
        {
            exported.Remove(part.Key);
            schema[part.Key] = part.Value;
        }

        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, JsonText.Indented))
            schema.WriteTo(writer);
        return JsonText.EscapeForReaders(buffer.WrittenSpan) + "\n";
    }
}
