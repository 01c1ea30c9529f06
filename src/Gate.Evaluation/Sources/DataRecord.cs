using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Evaluation.Sources;

/// <summary>One row of a data file with checked access to its fields; numbers are read as the text they are written with. Fields are named by expressions
/// (<see cref="FieldExpression"/>).</summary>
/// <param name="Values">The object.</param>
/// <param name="Location">File and line.</param>
internal sealed record DataRecord(JsonElement Values, SourceLocation Location)
{
    /// <summary>Fields that are not in the row: variables of <c>each</c>, values of a side file, the name of the file.</summary>
    public ImmutableDictionary<string, string> Variables { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Place of the row in its source, from 0; rows that are left out count.</summary>
    public int Index { get; init; }

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string field) => FieldExpression.Parse(field).Find(this) is not null;

    /// <summary>A required text or number.</summary>
    /// <exception cref="GateException">Exit 4: missing or of another type.</exception>
    public string RequireText(string field)
    {
        FieldValue value = Require(field);
        return value.Text ?? (value.Json is { } json ? TextOf(field, json) : null) ?? throw Wrong(field, "a text or a number", Describe(value));
    }

    /// <summary>A text or number, or a list of them, at least one.</summary>
    /// <exception cref="GateException">Exit 4: missing, empty or of another type.</exception>
    public ImmutableArray<string> RequireTexts(string field)
    {
        FieldValue value = Require(field);
        ImmutableArray<string> texts = Texts(field, value) ?? throw Wrong(field, "a text or a list of texts", Describe(value));
        return texts.Length > 0 ? texts : throw Wrong(field, "at least one text", "an empty list");
    }

    /// <summary>A required value of any type.</summary>
    /// <exception cref="GateException">Exit 4: missing.</exception>
    public FieldValue Require(string field) => FieldExpression.Parse(field).Find(this) ?? throw Missing(field);

    /// <summary>The texts of a value, or null when it has none; a single text is a list of one.</summary>
    /// <exception cref="GateException">Exit 4: an element of a list that is no text.</exception>
    public ImmutableArray<string>? Texts(string field, FieldValue value)
    {
        if (value.Texts is { } made)
            return made;
        if (value.Text is { } single)
            return [single];
        JsonElement json = value.Json!.Value;
        if (TextOf(field, json) is { } text)
            return [text];
        return json.ValueKind != JsonValueKind.Array ? null
            : [.. json.EnumerateArray().Select(element => TextOf(field, element) ?? throw Wrong(field, "a list of texts", $"{Describe(element)} in it"))];
    }

    /// <summary>The error for a field that is not as expected.</summary>
    public GateException Wrong(string field, string expected, string found) => GateException.Input(
        "GATE5013", $"line {Line}: the field '{field}' must be {expected}, found {found}", Location, "correct the line, or map another field with 'fields' in the task file");

    /// <summary>What a value is, for messages.</summary>
    public static string Describe(FieldValue value) =>
        value.Json is { } json ? Describe(json) : value.Text is not null ? "a text" : "a list";

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

    private string Line => Location.Line.ToString(CultureInfo.InvariantCulture);

    private GateException Missing(string field)
    {
        ImmutableArray<string> path = FieldExpression.Parse(field).Ways[0].Path;
        if (path.Length == 1 && Values.TryGetProperty(path[0], out JsonElement value) && value.ValueKind == JsonValueKind.Null)
            return Wrong(field, "a value", Describe(value));
        string[] names = [.. Values.EnumerateObject().Select(property => property.Name), .. Variables.Keys.Order(StringComparer.Ordinal)];
        string? nearest = NearestName.Find(field, names);
        return GateException.Input(
            "GATE5013", $"line {Line} has no field '{field}'{(nearest is null || nearest == field ? "" : $"; did you mean '{nearest}'?")}", Location,
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
