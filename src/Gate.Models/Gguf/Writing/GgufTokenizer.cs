using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.PreTokenization;
using Gate.Models.Tokenization.Reading;
using Gate.Models.Tokenization.Reading.Gguf;
using Gate.Models.Tokenization.Reading.SentencePiece;

namespace Gate.Models.Gguf.Writing;

/// <summary>
/// Puts a byte-pair tokenizer into the keys <c>tokenizer.ggml.*</c>: its vocabulary in the order of ids, the kind of every token, the merges with the name of the splitter
/// (byte-level, <c>gpt2</c>) or the scores they follow from (SentencePiece, <c>llama</c>), and which special tokens a text begins and ends with.
/// </summary>
internal sealed class GgufTokenizer
{
    private const string FileName = "tokenizer.json";
    private const string Remedy = "Download tokenizer.json again from where the model came from.";
    private const long MaximumBytes = 512L << 20;

    private readonly GgufKeys _keys;
    private readonly string _folder;
    private readonly string _path;
    private readonly CheckedJson _json;
    private readonly CheckedJson _model;
    private readonly Tokenizer _tokenizer;
    private readonly string[] _tokens;
    private readonly ModelPieceKind[] _kinds;

    private GgufTokenizer(GgufKeys keys, string folder, int vocabularySize)
    {
        (_keys, _folder, _path) = (keys, folder, Path.Combine(folder, FileName));
        if (!File.Exists(_path))
            throw GgufRefusals.Tokenizer(folder, FileName, "no such file");
        _tokenizer = Tokenizer.Open(folder)!;
        _json = JsonSource.Read(_path, "GATE3050", Remedy, MaximumBytes).Parse();
        _model = _json.Require("model", "an object");
        string type = _model.Find("type")?.AsString() ?? "BPE";
        if (type != "BPE")
            throw Refuse("a byte-pair tokenizer", type);
        if (_tokenizer.VocabularySize > vocabularySize)
            throw Refuse($"at most {vocabularySize} ids, the rows of the embedding", $"{_tokenizer.VocabularySize}");
        (_tokens, _kinds) = (new string[vocabularySize], new ModelPieceKind[vocabularySize]);
        ReadTokens();
    }

    /// <summary>Writes the keys.</summary>
    /// <param name="keys">Receives them.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="vocabularySize">Rows of the embedding; ids beyond the tokenizer's become unused tokens.</param>
    /// <exception cref="GateException">Exit 2 (GATE4121): no tokenizer, or one that GGUF cannot hold.</exception>
    public static void Put(GgufKeys keys, string folder, int vocabularySize) => new GgufTokenizer(keys, folder, vocabularySize).Put();

    private void Put()
    {
        foreach (string key in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (_model.Find(key)?.AsString() is { Length: > 0 } affix)
                throw Refuse($"no '{key}'", $"'{affix}'");
        }

        if (_model.Flag("byte_fallback", false))
            PutSentencePieces();
        else
            PutBytePairs();
        PutSpecial();
    }

    private void PutBytePairs()
    {
        INormalizer? normalizer = Normalizer();
        bool composes = HashOf(normalizer) == HashOf(new UnicodeFormNormalizer(System.Text.NormalizationForm.FormC)), ignoresMerges = _model.Flag("ignore_merges", false);
        if (!composes && normalizer is not null && HashOf(normalizer) != HashOf(new SequenceNormalizer([])))
            throw Refuse("no normaliser, or NFC", _json.Require("normalizer", "an object").TypeOf());
        GgufSplitter splitter = GgufSplitter.Of(_json.Find("pre_tokenizer") is { } found ? PreTokenizerReader.Read(found) : null, ignoresMerges, composes) ?? throw Refuse(
            $"a splitter that llama.cpp has built in ({GgufSplitter.Names})",
            $"'pre_tokenizer': {Shorten(_json.Find("pre_tokenizer")?.Element.GetRawText() ?? "null")}{(ignoresMerges ? " with ignore_merges" : "")}{(composes ? " with NFC" : "")}");
        _keys.Put("tokenizer.ggml.model", "gpt2");
        _keys.Put("tokenizer.ggml.pre", splitter.Name);
        PutTokens();
        _keys.Put("tokenizer.ggml.merges", [.. Merges().Select(merge => $"{merge.Left} {merge.Right}")]);
    }

    // llama.cpp merges the pair whose token scores best: scores that fall with the rank of a token's merges give the same order.
    private void PutSentencePieces()
    {
        string normalizer = HashOf(Normalizer());
        bool prefix = normalizer == HashOf(LlamaFamilies.Spelling(addsPrefixSpace: true));
        if (!prefix && normalizer != HashOf(LlamaFamilies.Spelling(addsPrefixSpace: false)) && normalizer != HashOf(LlamaFamilies.GemmaSpelling()))
            throw Refuse("spaces that are spelled by the normaliser, as Llama 2 and Gemma do", $"'normalizer': {Shorten(_json.Find("normalizer")?.Element.GetRawText() ?? "null")}");
        if (_json.Find("pre_tokenizer") is { } splitter && HashOf(PreTokenizerReader.Read(splitter)) != HashOf(LlamaFamilies.GemmaSplitter()))
            throw Refuse("no pre-tokenizer that splits", Shorten(splitter.Element.GetRawText()));
        Dictionary<string, int> ids = Ids();
        double[] scores = Scores(ids);
        _keys.Put("tokenizer.ggml.model", "llama");
        _keys.Put("tokenizer.ggml.pre", "default");
        PutTokens();
        _keys.Put("tokenizer.ggml.scores", scores);
        _keys.Put("tokenizer.ggml.add_space_prefix", prefix);
        if (_model.Find("unk_token") is { } unknown)
            _keys.Put("tokenizer.ggml.unknown_token_id", ids[unknown.AsString()]);
    }

    private double[] Scores(Dictionary<string, int> ids)
    {
        double[] scores = new double[_tokens.Length];
        List<(string Left, string Right)> merges = Merges();
        string last = "";
        int rank = 0, found = 0;
        var ranked = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string left, string right) in merges)
        {
            string merged = left + right;
            if (merged != last && !ranked.Add(merged))
                throw Refuse("merges that follow from scores of tokens, all of one token in a row", $"'{left} {right}' apart from others of '{merged}'");
            rank += merged != last ? 1 : 0;
            scores[ids[merged]] = -rank;
            last = merged;
        }

        foreach (string token in _tokens.Where((_, id) => _kinds[id] == ModelPieceKind.Normal))
        {
            for (int split = 1; split < token.Length; split++)
                found += !char.IsLowSurrogate(token[split]) && ids.ContainsKey(token[..split]) && ids.ContainsKey(token[split..]) ? 1 : 0;
            if (!ranked.Contains(token))
                scores[ids[token]] = -rank - 1;
        }

        return found <= merges.Count ? scores : throw Refuse("every way to make a token of two as a merge", $"{merges.Count} of {found}");
    }

    private void PutTokens()
    {
        _keys.Put("tokenizer.ggml.tokens", _tokens);
        _keys.Put("tokenizer.ggml.token_type", [.. _kinds.Select(kind => (int)kind)]);
    }

    private void ReadTokens()
    {
        bool hasBytes = _model.Flag("byte_fallback", false);
        for (int id = 0; id < _tokens.Length; id++)
            (_tokens[id], _kinds[id]) = _tokenizer.TokenOf(id) is { } token ? (token, hasBytes && ByteFallback.ByteOf(token) >= 0 ? ModelPieceKind.Byte : ModelPieceKind.Normal) : ($"[PAD{id}]", ModelPieceKind.Unused);
        if (_tokens.ToHashSet(StringComparer.Ordinal).Count != _tokens.Length)
            throw Refuse("every token once", "a token with two ids");
        string? unknown = hasBytes ? _model.Find("unk_token")?.AsString() : null;
        foreach (AddedToken added in AddedTokenReader.Read(_json.Find("added_tokens"), new Vocabulary(Ids())))
        {
            if (added.StripsLeft || added.StripsRight || added.IsSingleWord)
                throw Refuse("added tokens without lstrip, rstrip and single_word", $"'{added.Content}'");
            _kinds[added.Id] = added.Content == unknown ? ModelPieceKind.Unknown : added.IsSpecial ? ModelPieceKind.Control : ModelPieceKind.UserDefined;
        }

        if (hasBytes && (unknown is null || _kinds.Count(kind => kind == ModelPieceKind.Byte) != 256))
            throw Refuse("a token for each byte and one for what is unknown", $"{_kinds.Count(kind => kind == ModelPieceKind.Byte)} byte tokens");
    }

    private INormalizer? Normalizer() => _json.Find("normalizer") is { } normalizer ? NormalizerReader.Read(normalizer) : null;

    private Dictionary<string, int> Ids()
    {
        var ids = new Dictionary<string, int>(_tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < _tokens.Length; id++)
            ids[_tokens[id]] = id;
        return ids;
    }

    private List<(string Left, string Right)> Merges()
    {
        JsonElement list = _model.Require("merges", "an array of merges").Element;
        var merges = new List<(string, string)>(list.GetArrayLength());
        foreach (JsonElement item in list.EnumerateArray())
        {
            string merge = item.ValueKind == JsonValueKind.Array ? $"{item[0].GetString()} {item[1].GetString()}" : item.GetString()!;
            if (merge.StartsWith("#version", StringComparison.Ordinal))
                continue;
            if (merge.AsSpan().Count(' ') != 1)
                throw Refuse("merges of two tokens without spaces", $"'{merge}'");
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            merges.Add((merge[..space], merge[(space + 1)..]));
        }

        return merges;
    }

    private void PutSpecial()
    {
        if (_tokenizer.BeginningOfSequence is { } beginning)
            _keys.Put("tokenizer.ggml.bos_token_id", beginning);
        if (_tokenizer.EndOfSequence is { } end)
            _keys.Put("tokenizer.ggml.eos_token_id", end);

        // Said outright: a reader that guesses would guess by the splitter's name.
        int[] bare = _tokenizer.Encode("a", addSpecialTokens: false), dressed = _tokenizer.Encode("a", addSpecialTokens: true);
        bool begins = dressed.Length > bare.Length && _tokenizer.BeginningOfSequence is { } first && dressed[0] == first;
        bool ends = dressed.Length > bare.Length && _tokenizer.EndOfSequence is { } last && dressed[^1] == last;
        if (dressed.Length != bare.Length + (begins ? 1 : 0) + (ends ? 1 : 0))
        {
            throw Refuse("a post-processor that adds at most the tokens a text begins and ends with", $"{dressed.Length - bare.Length} added");
        }

        _keys.Put("tokenizer.ggml.add_bos_token", begins);
        _keys.Put("tokenizer.ggml.add_eos_token", ends);
        if (ChatTemplate(_folder) is { } template)
            _keys.Put("tokenizer.chat_template", template);
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

    private GateException Refuse(string expected, string found) => GgufRefusals.Tokenizer(_path, expected, found);

    private static string Shorten(string text) => text.Length <= 120 ? text : $"{text.AsSpan(0, 117)}...";

    private static string HashOf(INormalizer? normalizer)
    {
        using TokenizerDigest digest = new();
        normalizer?.Describe(digest);
        return digest.Hash();
    }

    private static string HashOf(IPreTokenizer splitter)
    {
        using TokenizerDigest digest = new();
        splitter.Describe(digest);
        return digest.Hash();
    }
}
