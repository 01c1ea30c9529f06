using System.Text.Json;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Models;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads <c>model</c>.</summary>
internal static class ModelReader
{
    /// <summary>The model a component describes. Old files do not name the type; theirs is recognised by its merges.</summary>
    public static ITokenModel Read(CheckedJson json)
    {
        string type = json.Find("type")?.AsString() ?? (json.Find("merges") is null ? json.TypeOf() : "BPE");
        return type switch
        {
            "BPE" => ReadBytePair(json),
            "WordPiece" => ReadWordPiece(json),
            "Unigram" => UnigramReader.Read(json),
            _ => throw json.Unknown("tokenizer model", type),
        };
    }

    private static WordPieceModel ReadWordPiece(CheckedJson json)
    {
        Vocabulary vocabulary = ReadVocabulary(json.Require("vocab", "an object from token to id"));
        CheckedJson unknown = json.Require("unk_token", "a token of the vocabulary");
        return new WordPieceModel(
            vocabulary,
            vocabulary.IdOf(unknown.AsString()) ?? throw unknown.Expected("a token of the vocabulary"),
            json.Find("continuing_subword_prefix")?.AsString() ?? "##",
            json.Find("max_input_chars_per_word")?.AsInt32(1) ?? 100);
    }

    private static BytePairModel ReadBytePair(CheckedJson json)
    {
        if (json.Find("dropout") is { } dropout && dropout.AsDouble() != 0)
            throw dropout.Expected("no dropout, which makes ids random");
        Vocabulary vocabulary = ReadVocabulary(json.Require("vocab", "an object from token to id"));
        string prefix = json.Find("continuing_subword_prefix")?.AsString() ?? "";
        MergeTable merges = ReadMerges(json.Require("merges", "an array of merges"), vocabulary, prefix);
        int? unknown = null;
        if (json.Find("unk_token") is { } token)
            unknown = vocabulary.IdOf(token.AsString()) ?? throw token.Expected("a token of the vocabulary");
        return new BytePairModel(
            vocabulary,
            merges,
            new BytePairOptions(
                unknown,
                json.Flag("fuse_unk", false),
                json.Flag("byte_fallback", false),
                json.Flag("ignore_merges", false),
                prefix,
                json.Find("end_of_word_suffix")?.AsString() ?? ""));
    }

    // A hundred thousand entries: read straight from the document, with the path put together only for a message.
    private static Vocabulary ReadVocabulary(CheckedJson json)
    {
        if (!json.Is(JsonValueKind.Object))
            throw json.Expected("an object from token to id");
        var ids = new Dictionary<string, int>(json.Element.GetPropertyCount(), StringComparer.Ordinal);
        try
        {
            foreach (JsonProperty entry in json.Element.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out int id) || id is < 0 or int.MaxValue)
                    throw json.Refuse($"token '{entry.Name}': expected an id from 0 to {int.MaxValue - 1}, found {CheckedJson.Describe(entry.Value)}");
                ids[entry.Name] = id;
            }
        }
        catch (InvalidOperationException exception)
        {
            throw json.Refuse("expected valid Unicode, found an unpaired surrogate escape", exception);
        }

        return ids.Count > 0 ? new Vocabulary(ids) : throw json.Refuse("expected tokens, found none");
    }

    private static MergeTable ReadMerges(CheckedJson json, Vocabulary vocabulary, string prefix)
    {
        if (!json.Is(JsonValueKind.Array))
            throw json.Expected("an array of merges");
        var merges = new MergeTable(json.Element.GetArrayLength());
        int rank = 0;
        int index = 0;
        foreach (JsonElement item in json.Element.EnumerateArray())
        {
            var entry = new CheckedJson(json.Source, item, ["model", "merges", $"{index++}"]);
            if (item.ValueKind == JsonValueKind.String && entry.AsString().StartsWith("#version", StringComparison.Ordinal))
                continue;
            (string left, string right) = ReadPair(entry);
            int leftId = vocabulary.IdOf(left) ?? throw entry.Refuse($"expected tokens of the vocabulary, found '{left}'");
            int rightId = vocabulary.IdOf(right) ?? throw entry.Refuse($"expected tokens of the vocabulary, found '{right}'");
            string merged = left + (right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right);
            int mergedId = vocabulary.IdOf(merged) ?? throw entry.Refuse($"expected the merged token in the vocabulary, found no '{merged}'");
            merges.Add(leftId, rightId, rank++, mergedId);
        }

        return merges;
    }

    private static (string Left, string Right) ReadPair(CheckedJson entry)
    {
        string[] parts = entry.Is(JsonValueKind.Array) ? [.. entry.Items().Select(item => item.AsString())] : entry.AsString().Split(' ');
        return parts.Length == 2 ? (parts[0], parts[1]) : throw entry.Expected("two tokens, as a pair or separated by one space");
    }
}
