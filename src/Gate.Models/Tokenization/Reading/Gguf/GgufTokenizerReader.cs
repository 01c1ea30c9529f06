using System.Text;
using Gate.Models.Checkpoints.Gguf;
using Gate.Models.Tokenization.Decoding;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.PostProcessing;
using Gate.Models.Tokenization.Reading.SentencePiece;

namespace Gate.Models.Tokenization.Reading.Gguf;

/// <summary>Reads the tokenizer that a GGUF file holds under the keys <c>tokenizer.ggml.*</c>, with no other file.</summary>
internal sealed class GgufTokenizerReader
{
    private const string Keys = "tokenizer.ggml";

    private readonly GgufFile _gguf;
    private readonly string _path;
    private readonly string[] _tokens;
    private readonly ModelPieceKind[] _kinds;

    private GgufTokenizerReader(GgufFile gguf)
    {
        (_gguf, _path) = (gguf, gguf.File.Path);
        _tokens = gguf.Texts($"{Keys}.tokens") ?? throw GgufDiagnostics.Metadata(_path, $"{Keys}.tokens", "an array of texts", "no such key");
        int[]? types = gguf.Integers($"{Keys}.token_type");
        if (_tokens.Length == 0 || (types is not null && types.Length != _tokens.Length))
            throw GgufDiagnostics.Metadata(_path, $"{Keys}.token_type", $"one for each of the {_tokens.Length} tokens", $"{types?.Length ?? 0}");
        _kinds = types is null ? [.. Enumerable.Repeat(ModelPieceKind.Normal, _tokens.Length)] : Array.ConvertAll(types, type => (ModelPieceKind)type);
    }

    /// <summary>The tokenizer of a file, or null when it holds none.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: keys that contradict each other (GATE3122), or a tokenizer Gate does not read from GGUF (GATE3125).</exception>
    public static Tokenizer? Open(string path)
    {
        var gguf = GgufFile.Open(path);
        using (gguf.File)
        {
            if (!gguf.Metadata.TryGetValue($"{Keys}.model", out object? model) || model is "none" or "no_vocab")
                return null;
            return model switch
            {
                "gpt2" => new GgufTokenizerReader(gguf).BytePairs(),
                "llama" => new GgufTokenizerReader(gguf).SentencePieces(),
                _ => throw GgufDiagnostics.Tokenizer(path, $"'{Keys}.model' of 'gpt2' or 'llama'", $"'{model}'"),
            };
        }
    }

    private ComposedTokenizer BytePairs()
    {
        string name = _gguf.Metadata.GetValueOrDefault($"{Keys}.pre") as string ?? "default";
        GgufSplitter splitter = GgufSplitter.Find(name) ?? throw GgufDiagnostics.Tokenizer(_path, $"'{Keys}.pre' of {GgufSplitter.Names}", $"'{name}'");
        Vocabulary vocabulary = new(Ids());
        var options = new BytePairOptions(null, false, false, splitter.IgnoresMerges, "", "");
        string[] pairs = _gguf.Texts($"{Keys}.merges") ?? throw GgufDiagnostics.Metadata(_path, $"{Keys}.merges", "an array of texts", "no such key");
        var merges = new BytePairMerges(vocabulary, pairs.Length, options);
        foreach (string pair in pairs)
        {
            // A token may begin with a space in files of other tools.
            int space = pair.IndexOf(' ', Math.Min(1, pair.Length));
            if (space < 0 || merges.Add(pair.AsSpan(0, space), pair.AsSpan(space + 1)) is not null)
                throw GgufDiagnostics.Metadata(_path, $"{Keys}.merges", "pairs of tokens that make a token", $"'{pair}'");
        }

        return Compose(
            new BytePairModel(vocabulary, merges, options), splitter.Composes ? new UnicodeFormNormalizer(NormalizationForm.FormC) : null, splitter.Read(), new ByteLevelDecoder(),
            beginsByDefault: splitter.Name == "llama-bpe");
    }

    private ComposedTokenizer SentencePieces()
    {
        double[] scores = _gguf.Numbers($"{Keys}.scores") ?? throw GgufDiagnostics.Metadata(_path, $"{Keys}.scores", "an array of numbers", "no such key");
        if (scores.Length != _tokens.Length)
            throw GgufDiagnostics.Metadata(_path, $"{Keys}.scores", $"one for each of the {_tokens.Length} tokens", $"{scores.Length}");
        Dictionary<string, int> ids = Ids();
        Vocabulary vocabulary = new(ids);
        var options = new BytePairOptions(Id("unknown") ?? 0, FusesUnknown: true, FallsBackToBytes: true, false, "", "");
        ModelPiece[] pieces = [.. ids.Select(entry => new ModelPiece(entry.Key, scores[entry.Value], _kinds[entry.Value]))];
        bool prefix = Flag("add_space_prefix") ?? true;
        return Compose(
            new BytePairModel(vocabulary, ScoredMerges.Of(vocabulary, pieces, ids, options), options), prefix ? LlamaFamilies.Spelling(true) : LlamaFamilies.GemmaSpelling(),
            prefix ? null : LlamaFamilies.GemmaSplitter(), LlamaFamilies.Decoder(prefix),
            beginsByDefault: true);
    }

    private ComposedTokenizer Compose(ITokenModel model, INormalizer? normalizer, PreTokenization.IPreTokenizer? splitter, ITokenDecoder decoder, bool beginsByDefault)
    {
        int? beginning = Id("bos"), end = Id("eos");
        IEnumerable<AddedToken> added = Enumerable.Range(0, _tokens.Length)
            .Where(id => _kinds[id] is ModelPieceKind.Control or ModelPieceKind.UserDefined or ModelPieceKind.Unknown && _tokens[id].Length > 0)
            .Select(id => new AddedToken(id, _tokens[id], false, false, false, false, _kinds[id] != ModelPieceKind.UserDefined));
        bool begins = Flag("add_bos_token") ?? beginsByDefault, ends = Flag("add_eos_token") ?? false;
        return new ComposedTokenizer(
            new TokenizerParts(_path, [.. added], normalizer, splitter, model, TemplateProcessor.Around(begins ? beginning : null, ends ? end : null), decoder), beginning, end);
    }

    private Dictionary<string, int> Ids()
    {
        var ids = new Dictionary<string, int>(_tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < _tokens.Length; id++)
        {
            if (_kinds[id] != ModelPieceKind.Unused && !ids.TryAdd(_tokens[id], id))
                throw GgufDiagnostics.Metadata(_path, $"{Keys}.tokens", "every token once", $"'{_tokens[id]}' twice");
        }

        return ids;
    }

    private int? Id(string name) => !_gguf.Metadata.TryGetValue($"{Keys}.{name}_token_id", out object? value) ? null
        : value is long and >= 0 && (long)value < _tokens.Length ? (int)(long)value
        : throw GgufDiagnostics.Metadata(_path, $"{Keys}.{name}_token_id", $"an id below {_tokens.Length}", $"{value}");

    private bool? Flag(string name) => !_gguf.Metadata.TryGetValue($"{Keys}.{name}", out object? value) ? null
        : value is bool flag ? flag : throw GgufDiagnostics.Metadata(_path, $"{Keys}.{name}", "true or false", $"{value}");
}
