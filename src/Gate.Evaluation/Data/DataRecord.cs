using System.Collections.Immutable;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Evaluation.Data;

/// <summary>One line of a data file with checked access to its fields; numbers are read as the text they are written with.</summary>
/// <param name="Values">The object.</param>
/// <param name="Location">File and line.</param>
internal sealed record DataRecord(JsonElement Values, SourceLocation Location)
{
    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string field) => Values.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A required text or number.</summary>
    /// <exception cref="GateException">Exit 4: missing or of another type.</exception>
    public string RequireText(string field)
    {
        JsonElement value = Require(field);
        return TextOf(field, value) ?? throw Wrong(field, "a text or a number", Describe(value));
    }

    /// <summary>A text or number, or a list of them, at least one.</summary>
    /// <exception cref="GateException">Exit 4: missing, empty or of another type.</exception>
    public ImmutableArray<string> RequireTexts(string field)
    {
        JsonElement value = Require(field);
        if (TextOf(field, value) is { } single)
            return [single];
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(field, "a text or a list of texts", Describe(value));
        if (value.GetArrayLength() == 0)
            throw Wrong(field, "at least one text", "an empty list");
        return [.. value.EnumerateArray().Select(element => TextOf(field, element) ?? throw Wrong(field, "a list of texts", $"{Describe(element)} in it"))];
    }

    /// <summary>A required whole number.</summary>
    /// <exception cref="GateException">Exit 4: missing or not a whole number.</exception>
    public int RequireInteger(string field)
    {
        JsonElement value = Require(field);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw Wrong(field, "a whole number", Describe(value));
    }

    /// <summary>The error for a field that is not as expected.</summary>
    public GateException Wrong(string field, string expected, string found) => GateException.Input(
        "GATE5013", $"line {Location.Line}: the field '{field}' must be {expected}, found {found}", Location, "correct the line, or map another field with 'fields' in the task file");

    /// <summary>What a value is, for messages.</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => $"the number {value.GetRawText()}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null (or NaN)",
    };

    private JsonElement Require(string field)
    {
        if (Values.TryGetProperty(field, out JsonElement value))
            return value.ValueKind != JsonValueKind.Null ? value : throw Wrong(field, "a value", Describe(value));
        string[] names = [.. Values.EnumerateObject().Select(property => property.Name)];
        string? nearest = NearestName.Find(field, names);
        throw GateException.Input(
            "GATE5013", $"line {Location.Line} has no field '{field}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}", Location,
            $"it has {(names.Length == 0 ? "no fields" : string.Join(", ", names.Take(12)))}; map names with 'fields' in the task file");
    }

    private string? TextOf(string field, JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair or bytes that are not UTF-8.
            throw Wrong(field, "valid Unicode", "a text that is not");
        }
    }
}
