using System.Collections.Immutable;
using System.Text.Json;

namespace Gate.Evaluation.Sources;

/// <summary>What an expression finds in a record: a JSON value as it stands in the data, a text made from one, or a list of texts.</summary>
internal readonly record struct FieldValue
{
    private FieldValue(JsonElement? json, string? text, ImmutableArray<string>? texts) => (Json, Text, Texts) = (json, text, texts);

    /// <summary>The value in the data, unless a function made another of it.</summary>
    public JsonElement? Json { get; }

    /// <summary>A text that a function made, or a variable's value.</summary>
    public string? Text { get; }

    /// <summary>A list that a function made.</summary>
    public ImmutableArray<string>? Texts { get; }

    /// <summary>A value in the data.</summary>
    public static FieldValue Of(JsonElement json) => new(json, null, null);

    /// <summary>A text.</summary>
    public static FieldValue Of(string text) => new(null, text, null);

    /// <summary>A list.</summary>
    public static FieldValue Of(IEnumerable<string> texts) => new(null, null, [.. texts]);
}
