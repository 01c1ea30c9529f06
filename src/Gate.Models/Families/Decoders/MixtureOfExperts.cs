using Gate.Models.Blueprints;

namespace Gate.Models.Families.Decoders;

/// <summary>Llamas whose feed-forward is a mixture of experts: Mixtral (Jiang et al., 2024), Qwen2-MoE and Qwen3-MoE (Yang et al., 2024 and 2025).</summary>
internal static class MixtureOfExperts
{
    private const int Qwen3HeadSize = 128;

    /// <summary>Mixtral: every block, weights of the chosen experts sum to one.</summary>
    public static Blueprint Mixtral(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names);
        Activation activation = c.Activation("hidden_act", "silu");
        int experts = c.Width("num_local_experts", 8), chosen = Chosen(c, experts, 2), inner = c.Width("intermediate_size");
        return Llama.Build(c, n, default, c.Window(), _ => true, theta: 1e6, feedForward: (i, _) =>
        {
            string module = $"{n.Block(i)}.block_sparse_moe";
            return new Experts(
                Parts.Layer($"{module}.gate", experts, n.Hidden, LinearRole.Router),
                [.. Enumerable.Range(0, experts).Select(expert => $"{module}.experts.{expert}")
                    .Select(expert => Parts.Gated($"{expert}.w1", $"{expert}.w3", $"{expert}.w2", n.Hidden, inner, activation))],
                chosen, Renormalize: true);
        });
    }

    /// <summary>Qwen2-MoE: an expert that every token goes through, weighed by a sigmoid of its own.</summary>
    public static Blueprint Qwen2(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names);
        int shared = c.Width("shared_expert_intermediate_size");
        bool bias = c.Flag("qkv_bias", true);
        return Llama.Build(
            c, n, new(bias, false, false), Llama.QwenWindowOf(c, out Func<int, bool> windowed), windowed,
            feedForward: Qwen(c, n, 60, 4, (experts, module, activation) => experts with
            {
                Shared = n.Gated($"{module}.shared_expert", shared, activation),
                SharedGate = Parts.Layer($"{module}.shared_expert_gate", 1, n.Hidden, LinearRole.Router),
            }));
    }

    /// <summary>Qwen3-MoE: norms over heads, no shared expert.</summary>
    public static Blueprint Qwen3(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names, Qwen3HeadSize);
        return Llama.Build(
            c, n, Llama.Biases(c), Llama.QwenWindowOf(c, out Func<int, bool> windowed), windowed, headNorms: true,
            feedForward: Qwen(c, n, 128, 8, (experts, _, _) => experts));
    }

    // Blocks named in mlp_only_layers, and those between the sparse steps, have an ordinary feed-forward.
    private static Func<int, string, Module> Qwen(
        FamilyConfiguration c, DecoderNumbers n, int defaultExperts, int defaultChosen, Func<Experts, string, Activation, Experts> finish)
    {
        Activation activation = c.Activation("hidden_act", "silu");
        int experts = c.Width(c.Has("num_local_experts") ? "num_local_experts" : "num_experts", defaultExperts), chosen = Chosen(c, experts, defaultChosen);
        int inner = c.Width("moe_intermediate_size"), dense = c.Width("intermediate_size"), step = c.Width("decoder_sparse_step", 1);
        bool renormalize = c.Flag("norm_topk_prob");
        IReadOnlyList<int> plain = c.Integers("mlp_only_layers") ?? [];
        return (i, module) => plain.Contains(i) || (i + 1) % step != 0
            ? n.Gated(module, dense, activation)
            : finish(
                new Experts(
                    Parts.Layer($"{module}.gate", experts, n.Hidden, LinearRole.Router),
                    [.. Enumerable.Range(0, experts).Select(expert => n.Gated($"{module}.experts.{expert}", inner, activation))], chosen, renormalize),
                module, activation);
    }

    private static int Chosen(FamilyConfiguration c, int experts, int fallback)
    {
        int chosen = c.Width("num_experts_per_tok", fallback);
        return chosen <= experts ? chosen : throw c.Unsupported("num_experts_per_tok", $"{chosen}", $"1 to {experts}, the number of experts");
    }
}
