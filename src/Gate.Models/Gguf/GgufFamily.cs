using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Gguf;

/// <summary>Which matrix of an architecture of llama.cpp turns the last stream into logits.</summary>
internal enum GgufHead
{
    /// <summary>The embedding, unless the file has a matrix for it.</summary>
    Either,

    /// <summary>Always the embedding.</summary>
    Tied,

    /// <summary>Always a matrix of its own.</summary>
    Own,
}

/// <summary>What <c>logit_scale</c> does in an architecture.</summary>
internal enum GgufLogitScale
{
    /// <summary>There is no such key.</summary>
    None,

    /// <summary>Logits are multiplied by it.</summary>
    Multiplies,

    /// <summary>Logits are divided by it.</summary>
    Divides,
}

/// <summary>What llama.cpp calls a family, and what it does otherwise than the blueprint says it is done. Everything else follows from the blueprint.</summary>
/// <param name="Architecture"><c>general.architecture</c>.</param>
/// <param name="Pairing">Which values of a head its rotation turns together; rows of query and key are put in that order.</param>
internal sealed record GgufFamily(string Architecture, RotaryPairing Pairing = RotaryPairing.Halves)
{
    /// <summary>Where the logits come from.</summary>
    public GgufHead Head { get; init; }

    /// <summary>What <c>logit_scale</c> does.</summary>
    public GgufLogitScale LogitScale { get; init; }

    /// <summary>Whether feed-forwards are mixtures of experts, where an architecture has both.</summary>
    public bool HasExperts { get; init; }

    /// <summary>Whether it attends through <c>attention.sliding_window</c>.</summary>
    public bool HasWindow { get; init; }

    /// <summary>Whether it reads divisors of its frequencies from <c>rope_freqs.weight</c>.</summary>
    public bool HasDivisors { get; init; }

    /// <summary>Whether it multiplies embeddings by √width, made in binary32 whatever the model's own precision.</summary>
    public bool ScalesByRoot { get; init; }

    /// <summary>Whether the norms before parallel branches are two, and the attention's is the second by name (Falcon).</summary>
    public bool NamesAttentionNormSecond { get; init; }

    /// <summary>Whether <c>use_parallel_residual</c> says how attention and feed-forward stand.</summary>
    public bool HasResidualSwitch { get; init; }

    /// <summary>Number of blocks of the one size that divides scores by √(width / heads) and not by √(head size); 0 for none.</summary>
    public int BlocksOfWideScale { get; init; }

    /// <summary>Keys of <c>config.json</c> whose one value the architecture has built in.</summary>
    public JsonObject BuiltIn { get; init; } = [];

    private static readonly GgufFamily Llama = new("llama", RotaryPairing.Neighbours) { HasDivisors = true };

    // A new family is one line. Of several with one architecture the first is what a file is read as.
    private static readonly (string Family, GgufFamily Known)[] All =
    [
        ("llama", Llama),
        ("mistral", Llama),
        ("mixtral", Llama with { HasExperts = true }),
        ("qwen2", new("qwen2")),
        ("qwen2_moe", new("qwen2moe") { HasExperts = true, Head = GgufHead.Own, BuiltIn = new() { ["norm_topk_prob"] = false } }),
        ("qwen3", new("qwen3")),
        ("qwen3_moe", new("qwen3moe") { HasExperts = true, BuiltIn = new() { ["norm_topk_prob"] = true } }),
        ("smollm3", new("smollm3", RotaryPairing.Neighbours)),
        ("granite", new("granite", RotaryPairing.Neighbours) { HasDivisors = true, LogitScale = GgufLogitScale.Divides }),
        ("gemma", new("gemma") { Head = GgufHead.Tied, ScalesByRoot = true }),
        ("gemma2", new("gemma2") { Head = GgufHead.Tied, ScalesByRoot = true, HasWindow = true, BlocksOfWideScale = 46 }),
        ("gemma3_text", new("gemma3") { ScalesByRoot = true, HasWindow = true, BlocksOfWideScale = 62 }),
        ("phi", new("phi2") { Head = GgufHead.Own }),
        ("phi3", new("phi3") { HasWindow = true }),
        ("gpt2", new("gpt2")),
        ("gpt_neox", new("gptneox") { Head = GgufHead.Own, HasResidualSwitch = true }),
        ("bloom", new("bloom")),
        ("falcon", new("falcon") { NamesAttentionNormSecond = true }),
        ("stablelm", new("stablelm") { Head = GgufHead.Own, HasResidualSwitch = true }),
        ("starcoder2", new("starcoder2")),
        ("olmo2", new("olmo2") { Head = GgufHead.Own }),
        ("cohere", new("command-r", RotaryPairing.Neighbours) { Head = GgufHead.Tied, LogitScale = GgufLogitScale.Multiplies }),
        ("cohere2", new("cohere2", RotaryPairing.Neighbours) { Head = GgufHead.Tied, LogitScale = GgufLogitScale.Multiplies, HasWindow = true }),
    ];

    private static readonly FrozenDictionary<string, GgufFamily> ByFamily = All.ToFrozenDictionary(entry => entry.Family, entry => entry.Known, StringComparer.Ordinal);

    /// <summary>The families that GGUF holds, sorted.</summary>
    public static IReadOnlyList<string> Families { get; } = [.. All.Select(entry => entry.Family).Order(StringComparer.Ordinal)];

    /// <summary>The architectures that are read, sorted.</summary>
    public static IReadOnlyList<string> Architectures { get; } = [.. All.Select(entry => entry.Known.Architecture).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>What llama.cpp calls a family, or null when it does not know it.</summary>
    public static GgufFamily? Find(string family) => ByFamily.GetValueOrDefault(family);

    /// <summary>The family that an architecture is read as, or null when there is none.</summary>
    /// <param name="architecture"><c>general.architecture</c>.</param>
    /// <param name="hasExperts">Whether the file has experts.</param>
    public static (string Family, GgufFamily Known)? Of(string architecture, bool hasExperts) => All
        .Where(entry => entry.Known.Architecture == architecture && entry.Known.HasExperts == hasExperts)
        .Select(entry => ((string, GgufFamily)?)entry).FirstOrDefault();
}
