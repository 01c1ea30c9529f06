using System.Text.Json;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Reading;

namespace Gate.Models.Gguf.Writing;

/// <summary>
/// The name under which llama.cpp knows a way to split text. GGUF holds a name and no pattern, so a tokenizer is written only when its splitter is
/// exactly one that llama.cpp has built in.
/// </summary>
internal static class GgufPreTokenizer
{
    private const string Contractions = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Head = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Tail = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Llama3Pattern = Head + @"\p{N}{1,3}" + Tail;
    private const string Qwen2Pattern = Head + @"\p{N}" + Tail;

    /// <summary>The name.</summary>
    /// <param name="tokenizer">The root of <c>tokenizer.json</c>.</param>
    /// <param name="ignoresMerges">Whether a piece that is a token is taken whole.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 (GATE4121): another splitter.</exception>
    public static string NameOf(CheckedJson tokenizer, bool ignoresMerges)
    {
        CheckedJson[] steps = Steps(tokenizer);
        string? name = steps switch
        {
            [var bytes] when IsByteLevel(bytes, withPattern: true) => ignoresMerges ? null : "gpt-2",
            [var digits, var bytes] when IsSingleDigits(digits) && IsByteLevel(bytes, withPattern: true) => ignoresMerges ? null : "smollm",
            [var split, var bytes] when IsByteLevel(bytes, withPattern: false) && IsIsolated(split) => (PatternOf(split), ignoresMerges) switch
            {
                (Llama3Pattern, true) => "llama-bpe",
                (Llama3Pattern, false) => "smaug-bpe",
                (Qwen2Pattern, false) => "qwen2",
                _ => null,
            },
            _ => null,
        };
        return name ?? throw GgufRefusals.Tokenizer(
            tokenizer.Source.Path, "a splitter that llama.cpp has built in (GPT-2, SmolLM, Llama 3 or Qwen 2)",
            $"'pre_tokenizer': {Shorten(tokenizer.Find("pre_tokenizer")?.Element.GetRawText() ?? "null")}{(ignoresMerges ? " with ignore_merges" : "")}");
    }

    private static CheckedJson[] Steps(CheckedJson tokenizer)
    {
        if (tokenizer.Find("pre_tokenizer") is not { } splitter)
            return [];
        return splitter.TypeOf() == "Sequence" ? [.. splitter.Require("pretokenizers", "an array").Items()] : [splitter];
    }

    private static bool IsByteLevel(CheckedJson step, bool withPattern) =>
        step.TypeOf() == "ByteLevel" && !step.Flag("add_prefix_space", true) && step.Flag("use_regex", true) == withPattern;

    private static bool IsSingleDigits(CheckedJson step) => step.TypeOf() == "Digits" && step.Flag("individual_digits", false);

    private static bool IsIsolated(CheckedJson step) =>
        step.TypeOf() == "Split" && step.Find("behavior")?.AsString() == "Isolated" && !step.Flag("invert", false);

    private static string? PatternOf(CheckedJson split) =>
        split.Find("pattern") is { } pattern && pattern.Is(JsonValueKind.Object) ? pattern.Find("Regex")?.AsString() : null;

    private static string Shorten(string text) => text.Length <= 120 ? text : $"{text.AsSpan(0, 117)}...";
}
