using Gate.Models.Blueprints;

namespace Gate.Models.Families.Decoders;

/// <summary>GPT-2 (Radford et al., 2019): learned positions, LayerNorm, weights stored as [inputs, outputs], query, key and value in one matrix.</summary>
internal static class Gpt2
{
    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        c.Only("scale_attn_weights", true);
        c.Only("add_cross_attention", false);
        string prefix = names.Prefix("wte.weight", "transformer.", "");
        int width = c.Width("n_embd"), heads = c.Width("n_head"), positions = c.Tokens("n_positions", 1024), inner = c.Width("n_inner", 4 * width);
        if (width % heads != 0)
            throw c.Unsupported("n_head", $"{heads}", $"a divisor of n_embd ({width})");
        float epsilon = (float)c.Positive("layer_norm_epsilon", 1e-5);
        bool byLayer = c.Flag("scale_attn_by_inverse_layer_idx");
        Activation activation = c.Activation("activation_function", "gelu_new");
        Embedding embedding = Parts.Table($"{prefix}wte", c.Tokens("vocab_size"), width) with { Positions = new($"{prefix}wpe.weight", positions, width, 0) };
        Stack stack = new(
            embedding,
            Parts.Blocks(c.Layers("n_layer"), i =>
            {
                string block = $"{prefix}h.{i}";
                (Linear query, Linear key, Linear value) = Parts.Fused(new Matrix($"{block}.attn.c_attn", 3 * width, width, names.Turned), true, width, width);
                Linear output = Parts.Layer($"{block}.attn.c_proj", width, width, LinearRole.AttentionOutput, bias: true, names.Turned);
                float scale = Parts.RootScale(width / heads) / (byLayer ? i + 1 : 1);
                return
                [
                    Step.PreNorm(Parts.Layer($"{block}.ln_1", width, epsilon), new Attention(query, key, value, output, heads, heads, width / heads, scale)),
                    Step.PreNorm(
                        Parts.Layer($"{block}.ln_2", width, epsilon),
                        Parts.Plain($"{block}.mlp.c_fc", $"{block}.mlp.c_proj", width, inner, activation, storage: names.Turned)),
                ];
            }),
            Parts.Layer($"{prefix}ln_f", width, epsilon));
        var (head, copies) = Parts.HeadOf(embedding, c.Flag("tie_word_embeddings", true), "lm_head");
        return new Blueprint(c.ModelType, null, stack, head, positions) { Copies = copies, Tolerated = [".attn.bias", ".attn.masked_bias"] };
    }
}
