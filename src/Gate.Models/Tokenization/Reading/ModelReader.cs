using System.Text.Json;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Models;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads <c>model</c>.</summary>
internal static class ModelReader
{
    /// <summary>The keys with an entry for every token or merge, which are read as they stand instead of as a tree.</summary>
    public static IReadOnlyCollection<string> LargeKeys { get; } = ["vocab", "merges"];

    /// <summary>The model a component describes.</summary>
    public static ITokenModel Read(CheckedJson json)
    {
        string type = json.Find("type")?.AsString() ?? Guess(json);
        return type switch
        {
            "BPE" => ReadBytePair(json),
            "WordPiece" => ReadWordPiece(json),
            "WordLevel" => ReadWordLevel(json),
            "Unigram" => UnigramReader.Read(json),
            _ => throw json.Unknown("tokenizer model", type),
        };
    }

    // Old files do not name the type. As in the reference it is the first whose keys are there, and a list of pieces is Unigram's.
    private static string Guess(CheckedJson json)
    {
        CheckedJson vocab = json.Require("vocab", "a vocabulary, which shows the 'type' that is not named");
        if (json.Find("merges") is not null)
            return "BPE";
        if (vocab.Is(JsonValueKind.Array))
            return "Unigram";
        string[] keys = ["unk_token", "continuing_subword_prefix", "max_input_chars_per_word"];
        return keys.All(key => json.Find(key) is not null) ? "WordPiece" : json.Find(keys[0]) is not null ? "WordLevel" : json.TypeOf();
    }

    private static WordLevelModel ReadWordLevel(CheckedJson json)
    {
        Vocabulary vocabulary = VocabularyReader.Read(json.Require("vocab", "an object from token to id"));
        return new WordLevelModel(vocabulary, TokenId(json.Require("unk_token", "a token of the vocabulary"), vocabulary));
    }

    private static WordPieceModel ReadWordPiece(CheckedJson json)
    {
        Vocabulary vocabulary = VocabularyReader.Read(json.Require("vocab", "an object from token to id"));
        return new WordPieceModel(
            vocabulary,
            TokenId(json.Require("unk_token", "a token of the vocabulary"), vocabulary),
            json.Find("continuing_subword_prefix")?.AsString() ?? "##",
            json.Find("max_input_chars_per_word")?.AsInt32(1) ?? 100);
    }

    private static BytePairModel ReadBytePair(CheckedJson json)
    {
        if (json.Find("dropout") is { } dropout && dropout.AsDouble() != 0)
            throw dropout.Expected("no dropout, which makes ids random");
        Vocabulary vocabulary = VocabularyReader.Read(json.Require("vocab", "an object from token to id"));
        CheckedJson merges = json.Require("merges", "an array of merges");
        var options = new BytePairOptions(
            json.Find("unk_token") is { } unknown ? TokenId(unknown, vocabulary) : null,
            json.Flag("fuse_unk", false),
            json.Flag("byte_fallback", false),
            json.Flag("ignore_merges", false),
            json.Find("continuing_subword_prefix")?.AsString() ?? "",
            json.Find("end_of_word_suffix")?.AsString() ?? "");
        return new BytePairModel(vocabulary, MergeReader.Read(merges, vocabulary, options), options);
    }

    private static int TokenId(CheckedJson token, Vocabulary vocabulary) =>
        vocabulary.IdOf(token.AsString()) ?? throw token.Expected("a token of the vocabulary");
}
