using System.Text;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.PreTokenization;

namespace Gate.Models.Tokenization.Reading.Gguf;

/// <summary>
/// A way to split text that llama.cpp has built in under a name. GGUF holds the name and no pattern, so a byte-level tokenizer goes into a file only when what it does is
/// exactly one of these, and comes back as that.
/// </summary>
/// <param name="Name"><c>tokenizer.ggml.pre</c>.</param>
/// <param name="PreTokenizer">The pre-tokenizer as <c>tokenizer.json</c> has it.</param>
/// <param name="IgnoresMerges">Whether a piece that is a token is taken whole.</param>
/// <param name="Composes">Whether the tokenizers of that name compose text first (NFC); llama.cpp does not, which shows in decomposed text only.</param>
internal sealed record GgufSplitter(string Name, string PreTokenizer, bool IgnoresMerges = false, bool Composes = false)
{
    private const string Bytes = """{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}""";
    private const string Digits = """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},""" + Bytes + "]}";
    private const string Llama3 = Split + """\\p{N}{1,3}""" + Rest;
    private const string Qwen2 = Split + """\\p{N}""" + Rest;
    private const string Split = """{"type":"Sequence","pretokenizers":[{"type":"Split","behavior":"Isolated","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|""";
    private const string Rest = """
        | ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}
        """;

    private static readonly GgufSplitter[] All =
    [
        new("gpt-2", Bytes),
        new("olmo", Bytes, Composes: true),
        new("smollm", Digits),
        new("command-r", Digits, Composes: true),
        new("llama-bpe", Llama3, IgnoresMerges: true),
        new("smaug-bpe", Llama3),
        new("qwen2", Qwen2, Composes: true),
        new("deepseek-r1-qwen", Qwen2),
    ];

    // Names of one behaviour.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["llama3"] = "llama-bpe",
        ["llama-v3"] = "llama-bpe",
        ["starcoder"] = "smollm",
        ["phi-2"] = "gpt-2",
    };

    /// <summary>The names, as messages list them.</summary>
    public static string Names => string.Join(", ", All.Select(splitter => $"'{splitter.Name}'"));

    /// <summary>The splitter of a name, or null.</summary>
    public static GgufSplitter? Find(string name) => Array.Find(All, splitter => splitter.Name == Aliases.GetValueOrDefault(name, name));

    /// <summary>The splitter that does what a tokenizer does, or null.</summary>
    /// <param name="splitter">Its pre-tokenizer, or null.</param>
    /// <param name="ignoresMerges">Whether a piece that is a token is taken whole.</param>
    /// <param name="composes">Whether it composes text first.</param>
    public static GgufSplitter? Of(IPreTokenizer? splitter, bool ignoresMerges, bool composes) => splitter is null ? null : Array.Find(
        All, one => one.IgnoresMerges == ignoresMerges && one.Composes == composes && HashOf(one.Read()) == HashOf(splitter));

    /// <summary>The pre-tokenizer.</summary>
    public IPreTokenizer Read() => PreTokenizerReader.Read(
        JsonSource.Of(Name, Encoding.UTF8.GetBytes($$"""{"pre_tokenizer":{{PreTokenizer}}}"""), "GATE3050", "").Parse().Require("pre_tokenizer", "an object"));

    private static string HashOf(IPreTokenizer splitter)
    {
        using TokenizerDigest digest = new();
        splitter.Describe(digest);
        return digest.Hash();
    }
}
