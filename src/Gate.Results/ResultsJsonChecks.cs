using System.Text.Json;

namespace Gate.Results;

/// <summary>What must hold of a results document before its fields are read.</summary>
internal static class ResultsJsonChecks
{
    /// <summary>Refuses a document of a newer version, or one with a null among the elements of an array.</summary>
    public static void Check(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new ResultsFormatException($"not a results file of Gate: expected a JSON object, found {Describe(root)}", "$");
        if (!root.TryGetProperty("schemaVersion", out JsonElement version))
            throw new ResultsFormatException("not a results file of Gate: schemaVersion is missing", "$.schemaVersion");
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number < 1)
        {
            throw new ResultsFormatException(
                $"not a results file of Gate: schemaVersion should be a whole number from 1, found {Describe(version)}", "$.schemaVersion");
        }

        if (number > ResultsJson.CurrentSchemaVersion)
        {
            throw new ResultsFormatException(
                $"this results file has schemaVersion {number}; this version of Gate reads up to {ResultsJson.CurrentSchemaVersion}: use a newer Gate",
                "$.schemaVersion");
        }

        RefuseNullElements(root, "$");
    }

    /// <summary>What the parser found, without the position it appends (the caller names the place once).</summary>
    public static string FirstSentence(JsonException exception)
    {
        string message = exception.Message;
        int position = message.IndexOf(" Path: ", StringComparison.Ordinal);
        if (position < 0)
            position = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }

    // The serialiser enforces non-null properties, not non-null elements.
    private static void RefuseNullElements(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
                RefuseNullElements(property.Value, $"{path}.{property.Name}");
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in element.EnumerateArray())
            {
                string itemPath = $"{path}[{index++}]";
                if (item.ValueKind == JsonValueKind.Null)
                    throw new ResultsFormatException($"not a results file of Gate at {itemPath}: null in a list", itemPath);
                RefuseNullElements(item, itemPath);
            }
        }
    }

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Null => "null",
        _ => element.GetRawText(),
    };
}
