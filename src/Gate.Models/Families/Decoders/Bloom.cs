using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>BLOOM (BigScience, 2022): ALiBi, a norm behind the embedding, query, key and value head by head in one matrix.</summary>
internal static class Bloom
{
    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        string prefix = names.Prefix("word_embeddings.weight", "transformer.", "");
        int width = c.Has("hidden_size") ? c.Width("hidden_size") : c.Width("n_embed");
        int heads = c.Has("n_head") ? c.Width("n_head") : c.Width("num_attention_heads");
        int layers = c.Has("n_layer") ? c.Layers("n_layer") : c.Layers("num_hidden_layers");
        if (width % heads != 0)
            throw c.Unsupported("n_head", $"{heads}", $"a divisor of hidden_size ({width})");
        int size = width / heads;
        float epsilon = (float)c.Positive("layer_norm_epsilon", 1e-5);
        bool fromNormed = c.Flag("apply_residual_connection_post_layernorm");
        Embedding embedding = Parts.Table($"{prefix}word_embeddings", c.Tokens("vocab_size"), width) with
        {
            Norm = Parts.Layer($"{prefix}word_embeddings_layernorm", width, epsilon),
        };
        Stack stack = new(
            embedding,
            Parts.Blocks(layers, i =>
            {
                string block = $"{prefix}h.{i}", attends = $"{block}.self_attention";
                (Linear query, Linear key, Linear value) = Parts.Interleaved(new Matrix($"{attends}.query_key_value", 3 * width, width), true, size);
                Linear output = Parts.Layer($"{attends}.dense", width, width, LinearRole.AttentionOutput, bias: true);
                Attention attention = new(query, key, value, output, heads, heads, size, Parts.RootScale(size)) { Positions = new Alibi() };
                return
                [
                    Step.PreNorm(Parts.Layer($"{block}.input_layernorm", width, epsilon), attention) with { FromNormed = fromNormed },
                    Step.PreNorm(
                        Parts.Layer($"{block}.post_attention_layernorm", width, epsilon),
                        Parts.Plain($"{block}.mlp.dense_h_to_4h", $"{block}.mlp.dense_4h_to_h", width, 4 * width, Activation.GeluTanh)) with { FromNormed = fromNormed },
                ];
            }),
            Parts.Layer($"{prefix}ln_f", width, epsilon));
        var (head, copies) = Parts.HeadOf(embedding, c.Flag("tie_word_embeddings", true), "lm_head");
        return new Blueprint(c.ModelType, null, stack, head, FamilyConfiguration.MaximumTokens) { Copies = copies };
    }
}
