using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Reading;

namespace Gate.Models.Gguf.Writing;

/// <summary>
/// Puts a byte-level byte-pair tokenizer into the keys <c>tokenizer.ggml.*</c>: its vocabulary in the order of ids, the kind of every token, the merges, the
/// name of the splitter, and which special tokens a text begins and ends with.
/// </summary>
internal static class GgufTokenizer
{
    private const string FileName = "tokenizer.json";
    private const string Remedy = "Download tokenizer.json again from where the model came from.";
    private const long MaximumBytes = 512L << 20;
    private const int Normal = 1, Control = 3, UserDefined = 4, Unused = 5;

    /// <summary>Writes the keys.</summary>
    /// <param name="keys">Receives them.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="vocabularySize">Rows of the embedding; ids beyond the tokenizer's become unused tokens.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 (GATE4121): no tokenizer, or one that GGUF cannot hold.</exception>
    public static void Put(GgufKeys keys, string folder, int vocabularySize)
    {
        string path = Path.Combine(folder, FileName);
        Tokenizer tokenizer = Tokenizer.Open(folder) ?? throw GgufRefusals.Tokenizer(folder, FileName, "no such file");
        CheckedJson json = JsonSource.Read(path, "GATE3050", Remedy, MaximumBytes).Parse();
        CheckedJson model = json.Require("model", "an object");
        CheckPlain(path, json, model);
        if (tokenizer.VocabularySize > vocabularySize)
            throw GgufRefusals.Tokenizer(path, $"at most {vocabularySize} ids, the rows of the embedding", $"{tokenizer.VocabularySize}");

        keys.Put("tokenizer.ggml.model", "gpt2");
        keys.Put("tokenizer.ggml.pre", GgufPreTokenizer.NameOf(json, model.Flag("ignore_merges", false)));
        PutTokens(keys, path, json, tokenizer, vocabularySize);
        keys.Put("tokenizer.ggml.merges", Merges(path, model));
        PutSpecial(keys, folder, tokenizer);
    }

    private static void CheckPlain(string path, CheckedJson json, CheckedJson model)
    {
        string type = model.Find("type")?.AsString() ?? "BPE";
        if (type != "BPE" || model.Flag("byte_fallback", false))
            throw GgufRefusals.Tokenizer(path, "a byte-level byte-pair tokenizer", type == "BPE" ? "one that falls back to bytes (SentencePiece)" : type);
        foreach (string key in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.Find(key)?.AsString() is { Length: > 0 } affix)
                throw GgufRefusals.Tokenizer(path, $"no '{key}'", $"'{affix}'");
        }

        // llama.cpp knows no normalisers; NFC changes nothing in text that is composed already, which nearly all text is.
        if (json.Find("normalizer") is { } normalizer && normalizer.TypeOf() != "NFC")
            throw GgufRefusals.Tokenizer(path, "no normaliser", normalizer.TypeOf());
    }

    private static void PutTokens(GgufKeys keys, string path, CheckedJson json, Tokenizer tokenizer, int vocabularySize)
    {
        string[] tokens = new string[vocabularySize];
        int[] types = new int[vocabularySize];
        for (int id = 0; id < vocabularySize; id++)
            (tokens[id], types[id]) = tokenizer.TokenOf(id) is { } token ? (token, Normal) : ($"[PAD{id}]", Unused);
        foreach (AddedToken added in AddedTokenReader.Read(json.Find("added_tokens"), new Vocabulary(Ids(tokens))))
        {
            if (added.StripsLeft || added.StripsRight || added.IsSingleWord)
                throw GgufRefusals.Tokenizer(path, "added tokens without lstrip, rstrip and single_word", $"'{added.Content}'");
            types[added.Id] = added.IsSpecial ? Control : UserDefined;
        }

        if (tokens.ToHashSet(StringComparer.Ordinal).Count != tokens.Length)
            throw GgufRefusals.Tokenizer(path, "every token once", "a token with two ids");
        keys.Put("tokenizer.ggml.tokens", tokens);
        keys.Put("tokenizer.ggml.token_type", types);
    }

    private static Dictionary<string, int> Ids(string[] tokens)
    {
        var ids = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Length; id++)
            ids[tokens[id]] = id;
        return ids;
    }

    private static List<string> Merges(string path, CheckedJson model)
    {
        JsonElement list = model.Require("merges", "an array of merges").Element;
        var merges = new List<string>(list.GetArrayLength());
        foreach (JsonElement item in list.EnumerateArray())
        {
            string merge = item.ValueKind == JsonValueKind.Array ? $"{item[0].GetString()} {item[1].GetString()}" : item.GetString()!;
            if (merge.StartsWith("#version", StringComparison.Ordinal))
                continue;
            if (merge.AsSpan().Count(' ') != 1)
                throw GgufRefusals.Tokenizer(path, "merges of two tokens without spaces", $"'{merge}'");
            merges.Add(merge);
        }

        return merges;
    }

    private static void PutSpecial(GgufKeys keys, string folder, Tokenizer tokenizer)
    {
        if (tokenizer.BeginningOfSequence is { } beginning)
            keys.Put("tokenizer.ggml.bos_token_id", beginning);
        if (tokenizer.EndOfSequence is { } end)
            keys.Put("tokenizer.ggml.eos_token_id", end);

        // Said outright: a reader that guesses would guess by the splitter's name.
        int[] bare = tokenizer.Encode("a", addSpecialTokens: false), dressed = tokenizer.Encode("a", addSpecialTokens: true);
        bool begins = dressed.Length > bare.Length && tokenizer.BeginningOfSequence is { } first && dressed[0] == first;
        bool ends = dressed.Length > bare.Length && tokenizer.EndOfSequence is { } last && dressed[^1] == last;
        if (dressed.Length != bare.Length + (begins ? 1 : 0) + (ends ? 1 : 0))
        {
            throw GgufRefusals.Tokenizer(
                Path.Combine(folder, FileName), "a post-processor that adds at most the tokens a text begins and ends with", $"{dressed.Length - bare.Length} added");
        }

        keys.Put("tokenizer.ggml.add_bos_token", begins);
        keys.Put("tokenizer.ggml.add_eos_token", ends);
        if (ChatTemplate(folder) is { } template)
            keys.Put("tokenizer.chat_template", template);
    }

    private static string? ChatTemplate(string folder)
    {
        string file = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(file) && new FileInfo(file).Length <= ModelConfiguration.MaximumBytes)
            return File.ReadAllText(RegularFile.Require(file));
        string path = Path.Combine(folder, "tokenizer_config.json");
        return File.Exists(path) && JsonSource.Read(path, "GATE3054", Remedy, ModelConfiguration.MaximumBytes).Parse().Find("chat_template") is { } template
            && template.Is(JsonValueKind.String) ? template.AsString() : null;
    }
}
