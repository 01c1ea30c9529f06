using System.Text;
using System.Text.Json;
using Gate.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Gate.Core.Configuration;

/// <summary>Reads <c>gate.json</c> (JSON with comments and trailing commas) and keeps file, line and column of every key and value.</summary>
internal static class LocatedJson
{
    private const int MaximumBytes = 4 << 20;

    /// <summary>The file's values as a configuration source.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="shownPath">The path to show in messages.</param>
    /// <exception cref="GateException">Exit 2: unreadable, not JSON, not an object, or a key given twice.</exception>
    public static LocatedProvider Read(string path, string shownPath)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path).Length > MaximumBytes)
                throw GateException.Usage("GATE1001", $"{shownPath} is larger than 4 MiB, which no configuration is", new SourceLocation(shownPath));
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw new GateException(
                new Diagnostic("GATE1001", Severity.Error, $"the configuration {shownPath} cannot be read: {exception.Message}",
                    new SourceLocation(shownPath), "name a readable gate.json, or make one with 'gate init'"),
                ExitCode.InvalidUsage, exception);
        }

        return new LocatedProvider(Parse(bytes, shownPath), Path.GetDirectoryName(path)!);
    }

    /// <summary>The values of a document, in the order they are written.</summary>
    internal static List<KeyValuePair<string, LocatedValue>> Parse(byte[] bytes, string shownPath)
    {
        ReadOnlySpan<byte> json = bytes;
        int skipped = json.StartsWith("\uFEFF"u8) ? 3 : 0;
        var places = new TextPlaces(bytes, shownPath);
        var reader = new Utf8JsonReader(
            json[skipped..], new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 });
        var walk = new Walk(places, skipped);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw GateException.Usage("GATE1002", $"{shownPath} must hold one JSON object", places.At(skipped), "start it with '{', or run 'gate init'");
            walk.Object(ref reader, "");
            while (reader.Read())
            {
            }
        }
        catch (JsonException exception)
        {
            SourceLocation place = new(shownPath, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1);
            string reason = exception.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw new GateException(
                new Diagnostic("GATE1002", Severity.Error, $"{shownPath} is not valid JSON: {reason}", place,
                    "mend the JSON at this place; comments and trailing commas are allowed"),
                ExitCode.InvalidUsage, exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new GateException(
                new Diagnostic("GATE1002", Severity.Error, $"{shownPath} holds text that is not valid UTF-8 or UTF-16",
                    places.At(skipped + (int)reader.TokenStartIndex), "save the file as UTF-8"),
                ExitCode.InvalidUsage, exception);
        }

        return walk.Values;
    }

    private sealed class Walk(TextPlaces places, int skipped)
    {
        public List<KeyValuePair<string, LocatedValue>> Values { get; } = [];

        public void Object(ref Utf8JsonReader reader, string prefix)
        {
            var seen = new Dictionary<string, SourceLocation>(StringComparer.OrdinalIgnoreCase);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                SourceLocation place = places.At(skipped + reader.TokenStartIndex);
                string name = reader.GetString()!;
                string dotted = Dotted(prefix, name);
                if (name.Contains(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal) || name.Length == 0)
                    throw GateException.Usage("GATE1003", $"'{name}' cannot be a key: keys are not empty and hold no ':'", place, "rename the key");
                if (seen.TryGetValue(name, out SourceLocation? first))
                {
                    throw GateException.Usage(
                        "GATE1004", $"the key '{dotted}' is given twice (first on line {first.Line})", place, "keep one of the two");
                }

                seen.Add(name, place);
                reader.Read();
                Value(ref reader, prefix.Length == 0 ? name : ConfigurationPath.Combine(prefix, name), place);
            }
        }

        private void Value(ref Utf8JsonReader reader, string path, SourceLocation key)
        {
            SourceLocation place = places.At(skipped + reader.TokenStartIndex);
            int before = Values.Count;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    Object(ref reader, path);
                    if (Values.Count == before)
                        Add(path, "{}", WrittenAs.Empty, key, place);
                    break;
                case JsonTokenType.StartArray:
                    for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                        Value(ref reader, ConfigurationPath.Combine(path, i.ToString()), key);
                    if (Values.Count == before)
                        Add(path, "[]", WrittenAs.Empty, key, place);
                    break;
                case JsonTokenType.String:
                    Add(path, reader.GetString()!, WrittenAs.Text, key, place);
                    break;
                case JsonTokenType.Number:
                    Add(path, Encoding.UTF8.GetString(reader.ValueSpan), WrittenAs.Number, key, place);
                    break;
                case JsonTokenType.True or JsonTokenType.False:
                    Add(path, reader.TokenType == JsonTokenType.True ? "true" : "false", WrittenAs.Boolean, key, place);
                    break;
                default:
                    Add(path, "null", WrittenAs.Null, key, place);
                    break;
            }
        }

        private void Add(string path, string text, WrittenAs writtenAs, SourceLocation key, SourceLocation place) =>
            Values.Add(new(path, new LocatedValue(text, writtenAs, place.File, key, place)));

        private static string Dotted(string prefix, string name) =>
            prefix.Length == 0 ? name : $"{prefix.Replace(':', '.')}.{name}";
    }
}
