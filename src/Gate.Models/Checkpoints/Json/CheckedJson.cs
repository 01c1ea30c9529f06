using System.Collections.Immutable;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Models.Checkpoints.Json;

/// <summary>A value of a JSON file that knows where it stands, so that every refusal can name file, line, column, key, expected and found.</summary>
internal sealed class CheckedJson
{
    private readonly ImmutableArray<string> _path;

    /// <summary>A value at a path of keys and array indices.</summary>
    public CheckedJson(JsonSource source, JsonElement element, ImmutableArray<string> path) => (Source, Element, _path) = (source, element, path);

    /// <summary>The file.</summary>
    public JsonSource Source { get; }

    /// <summary>The value itself.</summary>
    public JsonElement Element { get; }

    /// <summary>The path as a message spells it, for example <c>rope_scaling.factor</c>.</summary>
    public string Key => string.Join('.', _path);

    /// <summary>Whether the value is of a kind.</summary>
    public bool Is(JsonValueKind kind) => Element.ValueKind == kind;

    /// <summary>The value under a key, or null when it is absent or null.</summary>
    public CheckedJson? Find(string key)
    {
        RequireKind(JsonValueKind.Object, "an object");
        return Element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? new CheckedJson(Source, value, _path.Add(key))
            : null;
    }

    /// <summary>The value under a key that must be there.</summary>
    public CheckedJson Require(string key, string expected)
    {
        if (Find(key) is { } value)
            return value;
        string name = string.Join('.', _path.Add(key));
        bool isNull = Element.TryGetProperty(key, out _);
        throw Source.Refuse($"'{name}': expected {expected}, found {(isNull ? "null" : "no such key")}", Source.Locate(isNull ? _path.Add(key) : _path));
    }

    /// <summary>The elements of an array.</summary>
    public IEnumerable<CheckedJson> Items()
    {
        RequireKind(JsonValueKind.Array, "an array");
        return Element.EnumerateArray().Select((item, index) => new CheckedJson(Source, item, _path.Add($"{index}")));
    }

    /// <summary>The keys and values of an object.</summary>
    public IEnumerable<(string Name, CheckedJson Value)> Properties()
    {
        RequireKind(JsonValueKind.Object, "an object");
        return Element.EnumerateObject().Select(property => (property.Name, new CheckedJson(Source, property.Value, _path.Add(property.Name))));
    }

    /// <summary>The value token by token, where the tree was parsed without what it holds.</summary>
    public JsonStretch Stretch() => new(this, Source.Extent(Key));

    /// <summary>The value at an index of this array, named for messages only.</summary>
    public CheckedJson Entry(int index, JsonElement element) => new(Source, element, _path.Add($"{index}"));

    /// <summary>The value as text.</summary>
    public string AsString()
    {
        RequireKind(JsonValueKind.String, "a text");
        return Element.GetString()!;
    }

    /// <summary>The value as an integer of at least <paramref name="minimum"/>; 2.0 counts as 2, as in Python.</summary>
    public int AsInt32(int minimum = int.MinValue)
    {
        string expected = minimum == int.MinValue ? "an integer" : $"an integer of at least {minimum}";
        RequireKind(JsonValueKind.Number, expected);
        if (!Element.TryGetInt32(out int value))
        {
            if (!Element.TryGetDouble(out double number) || Math.Truncate(number) != number || Math.Abs(number) > int.MaxValue)
                throw Expected(expected);
            value = (int)number;
        }

        return value >= minimum ? value : throw Expected(expected);
    }

    /// <summary>The value as a finite number.</summary>
    public double AsDouble()
    {
        RequireKind(JsonValueKind.Number, "a finite number");
        return Element.TryGetDouble(out double value) && double.IsFinite(value) ? value : throw Expected("a finite number");
    }

    /// <summary>The value as a truth value.</summary>
    public bool AsBoolean() =>
        Element.ValueKind is JsonValueKind.True or JsonValueKind.False ? Element.GetBoolean() : throw Expected("true or false");

    /// <summary>The refusal of this value because something else was expected.</summary>
    public GateException Expected(string expected) => Refuse($"expected {expected}, found {Describe(Element)}");

    /// <summary>The refusal of this value for a reason.</summary>
    public GateException Refuse(string reason, Exception? innerException = null) =>
        Source.Refuse(_path.IsEmpty ? reason : $"'{Key}': {reason}", Source.Locate(_path), innerException);

    /// <summary>A value as a message shows it, shortened.</summary>
    public static string Describe(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return "an object";
            case JsonValueKind.Array:
                return "an array";
            default:
                string text = element.GetRawText();
                return text.Length <= 60 ? text : $"{text.AsSpan(0, 57)}...";
        }
    }

    private void RequireKind(JsonValueKind kind, string expected)
    {
        if (Element.ValueKind != kind)
            throw Expected(expected);
    }
}
