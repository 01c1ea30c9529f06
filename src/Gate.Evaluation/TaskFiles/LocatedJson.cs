using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Evaluation.TaskFiles;

/// <summary>A JSON value that knows where it stands, so that a message can name line and column.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Location">Where it begins.</param>
/// <param name="Text">The text of a string, the digits of a number; empty otherwise.</param>
/// <param name="Properties">Of an object, in file order, names distinct.</param>
/// <param name="Elements">Of an array.</param>
/// <param name="Source">Its bytes in the file.</param>
internal sealed record LocatedValue(
    JsonValueKind Kind, SourceLocation Location, string Text, ImmutableArray<LocatedProperty> Properties,
    ImmutableArray<LocatedValue> Elements, ReadOnlyMemory<byte> Source);

/// <summary>A property of a <see cref="LocatedValue"/>.</summary>
internal sealed record LocatedProperty(string Name, SourceLocation Location, LocatedValue Value);

/// <summary>Parses JSON with comments and trailing commas into <see cref="LocatedValue"/>s.</summary>
internal static class LocatedJson
{
    /// <summary>Parses a whole file.</summary>
    /// <param name="file">Its path as messages show it.</param>
    /// <param name="json">Its bytes, UTF-8 without byte-order mark.</param>
    /// <exception cref="GateException">Exit 2: not JSON, or a key that stands twice.</exception>
    public static LocatedValue Parse(string file, ReadOnlyMemory<byte> json)
    {
        Utf8JsonReader reader = new(json.Span, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            reader.Read();
            LocatedValue value = ReadValue(ref reader, file, json);
            while (reader.Read())
            {
            }

            return value;
        }
        catch (JsonException exception)
        {
            int line = (int)(exception.LineNumber ?? 0) + 1;
            int column = (int)(exception.BytePositionInLine ?? 0) + 1;
            throw GateException.Usage(
                "GATE5002", json.Length == 0 ? $"the task file '{file}' is empty" : $"'{file}' is not valid JSON: {FirstSentence(exception.Message)}",
                new SourceLocation(file, line, column), "write one JSON object as docs/tasks.md shows; comments and trailing commas are fine");
        }
        catch (InvalidOperationException exception)
        {
            // Escapes of half a surrogate pair or bytes that are not UTF-8: no text in .NET.
            throw GateException.Usage(
                "GATE5002", $"'{file}' holds text that is not valid Unicode: {FirstSentence(exception.Message)}",
                At(file, json, (int)reader.TokenStartIndex), "save the file as UTF-8 and write surrogates in pairs");
        }
    }

    private static LocatedValue ReadValue(ref Utf8JsonReader reader, string file, ReadOnlyMemory<byte> json)
    {
        int start = (int)reader.TokenStartIndex;
        SourceLocation location = At(file, json, start);
        ImmutableArray<LocatedProperty> properties = [];
        ImmutableArray<LocatedValue> elements = [];
        string text = "";
        JsonValueKind kind;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                kind = JsonValueKind.Object;
                properties = ReadProperties(ref reader, file, json);
                break;
            case JsonTokenType.StartArray:
                kind = JsonValueKind.Array;
                elements = ReadElements(ref reader, file, json);
                break;
            case JsonTokenType.String:
                kind = JsonValueKind.String;
                text = reader.GetString()!;
                break;
            case JsonTokenType.Number:
                kind = JsonValueKind.Number;
                text = Encoding.UTF8.GetString(reader.ValueSpan);
                break;
            default:
                kind = reader.TokenType switch
                {
                    JsonTokenType.True => JsonValueKind.True,
                    JsonTokenType.False => JsonValueKind.False,
                    _ => JsonValueKind.Null,
                };
                break;
        }

        return new LocatedValue(kind, location, text, properties, elements, json[start..(int)reader.BytesConsumed]);
    }

    private static ImmutableArray<LocatedProperty> ReadProperties(ref Utf8JsonReader reader, string file, ReadOnlyMemory<byte> json)
    {
        ImmutableArray<LocatedProperty>.Builder properties = ImmutableArray.CreateBuilder<LocatedProperty>();
        Dictionary<string, SourceLocation> seen = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            SourceLocation location = At(file, json, (int)reader.TokenStartIndex);
            if (!seen.TryAdd(name, location))
            {
                throw GateException.Usage(
                    "GATE5002", $"the key '{name}' stands twice, first at {seen[name]}", location, "keep one of the two");
            }

            reader.Read();
            properties.Add(new LocatedProperty(name, location, ReadValue(ref reader, file, json)));
        }

        return properties.ToImmutable();
    }

    private static ImmutableArray<LocatedValue> ReadElements(ref Utf8JsonReader reader, string file, ReadOnlyMemory<byte> json)
    {
        ImmutableArray<LocatedValue>.Builder elements = ImmutableArray.CreateBuilder<LocatedValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            elements.Add(ReadValue(ref reader, file, json));
        return elements.ToImmutable();
    }

    private static SourceLocation At(string file, ReadOnlyMemory<byte> json, int offset)
    {
        ReadOnlySpan<byte> before = json.Span[..offset];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new SourceLocation(file, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
