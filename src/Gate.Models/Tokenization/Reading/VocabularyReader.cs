using System.Text.Json;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Models;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads an object from token to id. A token that stands twice has the later id, as in the reference.</summary>
internal static class VocabularyReader
{
    /// <summary>The vocabulary.</summary>
    public static Vocabulary Read(CheckedJson json)
    {
        if (!json.Is(JsonValueKind.Object))
            throw json.Expected("an object from token to id");
        JsonStretch stretch = json.Stretch();
        try
        {
            Dictionary<string, int> ids = ReadIds(json, stretch);
            return ids.Count > 0 ? new Vocabulary(ids) : throw json.Refuse("expected tokens, found none");
        }
        catch (JsonException exception)
        {
            throw stretch.Malformed(exception);
        }
    }

    private static Dictionary<string, int> ReadIds(CheckedJson json, JsonStretch stretch)
    {
        var ids = new Dictionary<string, int>(stretch.Extent.Count, StringComparer.Ordinal);
        char[] buffer = new char[256];
        Utf8JsonReader reader = stretch.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int length = stretch.CopyText(ref reader, ref buffer);
            string token = new(buffer, 0, length);
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int id) || id is < 0 or int.MaxValue)
            {
                string found = CheckedJson.Describe(JsonElement.ParseValue(ref reader));
                throw json.Refuse($"token '{token}': expected an id from 0 to {int.MaxValue - 1}, found {found}");
            }

            ids[token] = id;
        }

        return ids;
    }
}
