using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gate.Core.Configuration;

/// <summary>The JSON schema (draft 2020-12) of <c>gate.json</c>, made from <see cref="ConfigurationKeys"/>.</summary>
public static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema's text, ending with a line feed.</summary>
    public static string Render()
    {
        JsonObject root = Group("Configuration of Gate, version 1.");
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "gate.json");
        foreach (ConfigurationKey key in ConfigurationKeys.All)
            Place(root, key);
        root["properties"]!["budget"]!["minProperties"] = 1;
        root["properties"]!["budget"]!["maxProperties"] = 1;
        return root.ToJsonString(Layout) + "\n";
    }

    private static void Place(JsonObject root, ConfigurationKey key)
    {
        JsonObject group = root;
        for (int i = 0; i < key.Segments.Length - 1; i++)
            group = Child(group, key.Segments[i], string.Join('.', key.Segments[..(i + 1)]));
        string last = key.Segments[^1];
        if (last == "*")
            group["additionalProperties"] = Describe(key);
        else
            ((JsonObject)group["properties"]!)[last] = Describe(key);
    }

    private static JsonObject Child(JsonObject group, string segment, string path)
    {
        JsonObject? existing = segment == "*" ? group["additionalProperties"] as JsonObject : group["properties"]![segment] as JsonObject;
        if (existing is not null)
            return existing;
        JsonObject child = Group($"Keys under {path}.");
        if (segment == "*")
            group["additionalProperties"] = child;
        else
            ((JsonObject)group["properties"]!)[segment] = child;
        return child;
    }

    private static JsonObject Group(string description) => new()
    {
        ["description"] = description,
        ["type"] = "object",
        ["properties"] = new JsonObject(),
        ["additionalProperties"] = false,
    };

    private static JsonObject Describe(ConfigurationKey key)
    {
        var schema = new JsonObject { ["description"] = key.Help };
        switch (key.Kind)
        {
            case ValueKind.Integer:
                schema["type"] = "integer";
                break;
            case ValueKind.Number or ValueKind.Ratio:
                schema["type"] = "number";
                break;
            case ValueKind.Boolean:
                schema["type"] = "boolean";
                break;
            case ValueKind.Size:
                schema["type"] = new JsonArray("integer", "string");
                break;
            case ValueKind.List:
                schema["type"] = "array";
                schema["items"] = new JsonObject { ["type"] = key.TakesNumbers ? new JsonArray("number", "string") : "string", ["minLength"] = 1 };
                break;
            case ValueKind.Date:
                schema["type"] = "string";
                schema["format"] = "date";
                break;
            default:
                schema["type"] = key.TakesBooleans ? new JsonArray("string", "boolean") : "string";
                schema["minLength"] = 1;
                break;
        }

        if (key.Minimum is { } minimum)
            schema[key.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Number(minimum);
        if (key.Maximum is { } maximum)
            schema[key.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Number(maximum);
        if (key.Choices.Length > 0)
            schema["enum"] = new JsonArray([.. key.Choices.Select(choice => JsonValue.Create(choice))]);
        if (key.Default is { } text)
            schema["default"] = JsonNode.Parse(text);
        return schema;
    }

    private static JsonValue Number(double value) => value == Math.Floor(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);
}
