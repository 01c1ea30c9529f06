using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Evaluation.TaskFiles;

/// <summary>Typed access to the keys of a JSON object; every refusal names key, expected, found, line and column.</summary>
internal sealed class KeyedObject
{
    private readonly LocatedValue _value;
    private readonly string _what;

    /// <summary>Wraps a value.</summary>
    /// <param name="value">Must be an object.</param>
    /// <param name="what">What it is, for messages: <c>task file</c>, <c>fields</c>.</param>
    /// <exception cref="GateException">Exit 2: not an object.</exception>
    public KeyedObject(LocatedValue value, string what)
    {
        _value = value;
        _what = what;
        if (value.Kind != JsonValueKind.Object)
            throw GateException.Usage("GATE5004", $"{what}: expected an object, found {Describe(value)}", value.Location, "write { … } here");
    }

    /// <summary>Where the object begins.</summary>
    public SourceLocation Location => _value.Location;

    /// <summary>Refuses keys that are not among <paramref name="known"/>.</summary>
    public void RefuseOthers(IReadOnlyCollection<string> known, string owner)
    {
        foreach (LocatedProperty property in _value.Properties.Where(property => !known.Contains(property.Name)))
        {
            string? nearest = NearestName.Find(property.Name, known);
            throw GateException.Usage(
                "GATE5003", $"{owner} has no key '{property.Name}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}", property.Location,
                $"known keys: {string.Join(", ", known)}");
        }
    }

    /// <summary>The value under a key, or null when it is absent.</summary>
    public LocatedValue? Find(string key) => _value.Properties.FirstOrDefault(property => property.Name == key)?.Value;

    /// <summary>A required text that is not empty.</summary>
    public string RequireText(string key)
    {
        LocatedValue value = Find(key) ?? throw GateException.Usage(
            "GATE5005", $"{_what}: the key '{key}' is missing", Location, $"add \"{key}\"; docs/tasks.md says what it means");
        string text = Text(key, value);
        return text.Length > 0 ? text : throw Wrong(key, "a text that is not empty", value);
    }

    /// <summary>An optional text.</summary>
    public string? GetText(string key) => Find(key) is { } value ? Text(key, value) : null;

    /// <summary>An optional whole number between two bounds.</summary>
    public int GetInteger(string key, int fallback, int minimum, int maximum)
    {
        if (Find(key) is not { } value)
            return fallback;
        bool whole = int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number);
        if (value.Kind != JsonValueKind.Number || !whole || number < minimum || number > maximum)
            throw Wrong(key, $"a whole number from {minimum} to {maximum}", value);
        return number;
    }

    /// <summary>An optional finite number of at least 0.</summary>
    public double GetWeight(string key, double fallback)
    {
        if (Find(key) is not { } value)
            return fallback;
        bool parsed = double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        if (value.Kind != JsonValueKind.Number || !parsed || !double.IsFinite(number) || number < 0)
            throw Wrong(key, "a finite number of at least 0", value);
        return number;
    }

    /// <summary>An optional number from 0 to 1.</summary>
    public double GetShare(string key, double fallback)
    {
        if (Find(key) is not { } value)
            return fallback;
        double share = GetWeight(key, fallback);
        return share <= 1 ? share : throw Wrong(key, "a number from 0 to 1", value);
    }

    /// <summary>An optional truth value.</summary>
    public bool? GetBoolean(string key) => Find(key) switch
    {
        null => null,
        { Kind: JsonValueKind.True } => true,
        { Kind: JsonValueKind.False } => false,
        { } value => throw Wrong(key, "true or false", value),
    };

    /// <summary>An optional list of texts that are not empty.</summary>
    public ImmutableArray<string>? GetTexts(string key)
    {
        if (Find(key) is not { } list)
            return null;
        if (list.Kind != JsonValueKind.Array)
            throw Wrong(key, "a list of texts", list);
        return [.. list.Elements.Select(value =>
            value.Kind == JsonValueKind.String && value.Text.Length > 0 ? value.Text : throw Wrong(key, "texts that are not empty", value))];
    }

    /// <summary>An optional text that must be one of a few.</summary>
    public string? GetChoice(string key, IReadOnlyCollection<string> choices)
    {
        if (Find(key) is not { } value)
            return null;
        string text = Text(key, value);
        if (choices.Contains(text))
            return text;
        string? nearest = NearestName.Find(text, choices);
        throw GateException.Usage(
            "GATE5004", $"{_what}: '{key}' is '{text}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}", value.Location,
            $"use one of: {string.Join(", ", choices)}");
    }

    /// <summary>The error for a value of the wrong type or range.</summary>
    public GateException Wrong(string key, string expected, LocatedValue value) => GateException.Usage(
        "GATE5004", $"{_what}: '{key}' must be {expected}, found {Describe(value)}", value.Location, "correct the value; docs/tasks.md lists the types");

    private string Text(string key, LocatedValue value) => value.Kind == JsonValueKind.String ? value.Text : throw Wrong(key, "a text", value);

    private static string Describe(LocatedValue value) => value.Kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the text '{value.Text}'",
        JsonValueKind.Number => $"the number {value.Text}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };
}
