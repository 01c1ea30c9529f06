using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>Falcon (Almazrouei et al., 2023): multi-query or grouped-query attention in one matrix, attention and feed-forward side by side, rotary
/// positions or ALiBi.</summary>
internal static class Falcon
{
    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        string prefix = names.Prefix("word_embeddings.weight", "transformer.", "");
        int width = c.Width("hidden_size"), heads = c.Width("num_attention_heads"), layers = c.Layers("num_hidden_layers");
        if (width % heads != 0)
            throw c.Unsupported("num_attention_heads", $"{heads}", $"a divisor of hidden_size ({width})");
        bool grouped = c.Flag("new_decoder_architecture"), single = c.Flag("multi_query", true), bias = c.Flag("bias"), parallel = c.Flag("parallel_attn", true) || grouped;
        int size = width / heads, keyValueHeads = grouped ? c.Width("num_kv_heads", heads) : single ? 1 : heads;
        _ = c.Has("num_kv_heads");
        if (heads % keyValueHeads != 0)
            throw c.Unsupported("num_kv_heads", $"{keyValueHeads}", $"a divisor of num_attention_heads ({heads})");
        int inner = c.Width("ffn_hidden_size", 4 * width), norms = c.Integer("num_ln_in_parallel_attn", grouped ? 2 : 1);
        float epsilon = (float)c.Positive("layer_norm_epsilon", 1e-5);
        Activation activation = c.Activation("activation", "gelu");

        // The reference adds the slopes before it scales, and so scales them, too.
        Positions positions = c.Flag("alibi") ? new Alibi(Parts.RootScale(size)) : RotaryReading.Read(c, size, positions: 2048);
        Embedding embedding = Parts.Table($"{prefix}word_embeddings", c.Tokens("vocab_size"), width);
        Stack stack = new(
            embedding,
            Parts.Blocks(layers, i =>
            {
                string block = $"{prefix}h.{i}", attends = $"{block}.self_attention";
                Matrix fused = new($"{attends}.query_key_value", (heads + (2 * keyValueHeads)) * size, width);
                var (query, key, value) = single && !grouped ? Parts.Fused(fused, bias, width, size) : Parts.Interleaved(fused, bias, size, heads / keyValueHeads);
                Attention attention = new(
                    query, key, value, Parts.Layer($"{attends}.dense", width, width, LinearRole.AttentionOutput, bias), heads, keyValueHeads, size, Parts.RootScale(size))
                {
                    Positions = positions,
                };
                FeedForward feedForward = Parts.Plain($"{block}.mlp.dense_h_to_4h", $"{block}.mlp.dense_4h_to_h", width, inner, activation, bias);
                Norm Norm(string name) => Parts.Layer($"{block}.{name}", width, epsilon);
                if (!parallel)
                    return [Step.PreNorm(Norm("input_layernorm"), attention), Step.PreNorm(Norm("post_attention_layernorm"), feedForward)];
                bool two = grouped && norms == 2;
                return [new Step([new Branch(attention, Norm(two ? "ln_attn" : "input_layernorm")), new Branch(feedForward, Norm(two ? "ln_mlp" : "input_layernorm"))])];
            }),
            Parts.Layer($"{prefix}ln_f", width, epsilon));
        var (head, copies) = Parts.HeadOf(embedding, c.Flag("tie_word_embeddings", true), "lm_head");
        return new Blueprint(c.ModelType, null, stack, head, positions is Rotary rotary ? rotary.MaximumLength : FamilyConfiguration.MaximumTokens)
        {
            Copies = copies,
            Tolerated = [".rotary_emb.inv_freq"],
        };
    }
}
