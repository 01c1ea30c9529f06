using System.Collections.Frozen;

namespace Gate.Models.Checkpoints.Gguf;

/// <summary>What GGUF calls the tensors of a Llama, and what its architecture calls them.</summary>
internal static class GgufNames
{
    private static readonly FrozenDictionary<string, string> Outer = new Dictionary<string, string>
    {
        ["token_embd"] = "model.embed_tokens",
        ["output_norm"] = "model.norm",
        ["output"] = "lm_head",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Inner = new Dictionary<string, string>
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The architecture's name of a tensor, or the name itself when there is none.</summary>
    /// <param name="name">For example <c>blk.3.attn_q.weight</c>.</param>
    public static string ToArchitecture(string name)
    {
        int dot = name.LastIndexOf('.');
        if (dot < 0)
            return name;
        (string module, string kind) = (name[..dot], name[dot..]);
        if (Outer.TryGetValue(module, out string? outer))
            return outer + kind;
        string[] parts = module.Split('.');
        return parts is ["blk", var block, var inner] && block.Length is > 0 and < 6 && block.All(char.IsAsciiDigit) && Inner.TryGetValue(inner, out string? known)
            ? $"model.layers.{block}.{known}{kind}"
            : name;
    }

    /// <summary>The file's name of a tensor of the architecture, or null when it has none.</summary>
    /// <param name="name">For example <c>model.layers.3.self_attn.q_proj.weight</c>.</param>
    public static string? FromArchitecture(string name)
    {
        int dot = name.LastIndexOf('.');
        (string module, string kind) = dot < 0 ? ("", "") : (name[..dot], name[dot..]);
        if (Outer.FirstOrDefault(pair => pair.Value == module) is { Key: { } outer })
            return outer + kind;
        const string Blocks = "model.layers.";
        if (!module.StartsWith(Blocks, StringComparison.Ordinal) || kind is not (".weight" or ".bias"))
            return null;
        string[] parts = module[Blocks.Length..].Split('.', 2);
        return parts.Length == 2 && Inner.FirstOrDefault(pair => pair.Value == parts[1]) is { Key: { } inner } ? $"blk.{parts[0]}.{inner}{kind}" : null;
    }

    /// <summary>Whether the rows of a tensor are interleaved within each head: those of queries and keys.</summary>
    /// <param name="name">The architecture's name.</param>
    public static bool IsInterleaved(string name) =>
        name.Contains(".q_proj.", StringComparison.Ordinal) || name.Contains(".k_proj.", StringComparison.Ordinal);
}
