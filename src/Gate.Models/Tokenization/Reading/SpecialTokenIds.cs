using System.Text.Json;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Tokenization.Reading;

/// <summary>
/// Finds the beginning-of-sequence and end-of-sequence tokens: <c>tokenizer_config.json</c>, then <c>special_tokens_map.json</c>, then
/// <c>generation_config.json</c>, then (for the beginning) what the post-processor puts in front. A null in the first is an answer: there is none.
/// </summary>
internal static class SpecialTokenIds
{
    private const string Code = "GATE3054";
    private const string Remedy = "Correct the file, or download it again from where the model came from.";
    private const long MaximumBytes = 64L << 20;

    /// <summary>Ids of the two tokens, each null when the folder names none.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="parts">The tokenizer, to look names up.</param>
    /// <param name="leading">Special ids the post-processor puts before a text.</param>
    public static (int? Beginning, int? End) Read(string folder, TokenizerParts parts, IReadOnlyList<int> leading) =>
        (Find(folder, parts, "bos_token", leading.Count > 0 ? leading[0] : null), Find(folder, parts, "eos_token", null));

    private static int? Find(string folder, TokenizerParts parts, string key, int? fallback)
    {
        foreach (string file in new[] { "tokenizer_config.json", "special_tokens_map.json" })
        {
            if (Open(folder, file) is not { } json || !json.Element.TryGetProperty(key, out JsonElement named))
                continue;
            return named.ValueKind == JsonValueKind.Null ? null : IdOf(json.Require(key, "a token"), parts);
        }

        if (Open(folder, "generation_config.json")?.Find($"{key}_id") is { } ids)
            return ids.Is(JsonValueKind.Array) ? ids.Items().FirstOrDefault()?.AsInt32(0) : ids.AsInt32(0);
        return fallback;
    }

    private static int? IdOf(CheckedJson token, TokenizerParts parts)
    {
        string name = token.Is(JsonValueKind.Object) ? token.Require("content", "a text").AsString() : token.AsString();
        return parts.AddedTokens.FirstOrDefault(added => added.Content == name)?.Id
            ?? parts.Model.Vocabulary.IdOf(name)
            ?? throw token.Refuse($"expected a token of the tokenizer, found '{name}', which is not in tokenizer.json");
    }

    private static CheckedJson? Open(string folder, string file)
    {
        string path = Path.Combine(folder, file);
        return File.Exists(path) ? JsonSource.Read(path, Code, Remedy, MaximumBytes).Parse() : null;
    }
}
