using System.Text.Json;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Models;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads an array of merges, each a pair of tokens or one text with a space between them.</summary>
internal static class MergeReader
{
    private const string Expected = "two tokens, as a pair or separated by one space";

    /// <summary>The merges in their order.</summary>
    public static BytePairMerges Read(CheckedJson json, Vocabulary vocabulary, BytePairOptions options)
    {
        if (!json.Is(JsonValueKind.Array))
            throw json.Expected("an array of merges");
        JsonStretch stretch = json.Stretch();
        var merges = new BytePairMerges(vocabulary, stretch.Extent.Count, options);
        try
        {
            ReadInto(merges, json, stretch);
            return merges;
        }
        catch (JsonException exception)
        {
            throw stretch.Malformed(exception);
        }
    }

    private static void ReadInto(BytePairMerges merges, CheckedJson json, JsonStretch stretch)
    {
        char[] first = new char[256];
        char[] second = new char[256];
        Utf8JsonReader reader = stretch.Read();
        for (int index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            Utf8JsonReader entry = reader;
            ReadOnlySpan<char> left;
            ReadOnlySpan<char> right;
            if (reader.TokenType == JsonTokenType.String)
            {
                int length = stretch.CopyText(ref reader, ref first);
                ReadOnlySpan<char> text = first.AsSpan(0, length);
                if (text.StartsWith("#version"))
                    continue;
                int space = text.IndexOf(' ');
                if (space < 0 || text[(space + 1)..].Contains(' '))
                    throw Refuse(json, index, entry);
                left = text[..space];
                right = text[(space + 1)..];
            }
            else
            {
                if (reader.TokenType != JsonTokenType.StartArray || !NextIsText(ref reader))
                    throw Refuse(json, index, entry);
                int length = stretch.CopyText(ref reader, ref first);
                left = first.AsSpan(0, length);
                if (!NextIsText(ref reader))
                    throw Refuse(json, index, entry);
                length = stretch.CopyText(ref reader, ref second);
                right = second.AsSpan(0, length);
                if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
                    throw Refuse(json, index, entry);
            }

            if (merges.Add(left, right) is { } lack)
                throw json.Entry(index, default).Refuse(lack);
        }
    }

    private static bool NextIsText(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String;

    private static Diagnostics.GateException Refuse(CheckedJson json, int index, Utf8JsonReader entry) =>
        json.Entry(index, JsonElement.ParseValue(ref entry)).Expected(Expected);
}
