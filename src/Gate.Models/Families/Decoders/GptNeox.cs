using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>GPT-NeoX (Black et al., 2022) and Pythia: partial rotary positions, query, key and value head by head in one matrix, attention and
/// feed-forward side by side or one behind the other.</summary>
internal static class GptNeox
{
    private const double DefaultShare = 0.25;

    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        string prefix = names.Prefix("embed_in.weight", "gpt_neox.", "");
        int width = c.Width("hidden_size"), heads = c.Width("num_attention_heads"), inner = c.Width("intermediate_size");
        if (width % heads != 0)
            throw c.Unsupported("num_attention_heads", $"{heads}", $"a divisor of hidden_size ({width})");
        int size = width / heads;
        float epsilon = (float)c.Positive("layer_norm_eps", 1e-5);
        bool bias = c.Flag("attention_bias", true), parallel = c.Flag("use_parallel_residual", true);
        Rotary rotary = RotaryReading.Read(c, size, theta: c.Positive("rotary_emb_base", 10000), share: c.Positive("rotary_pct", DefaultShare));
        Activation activation = c.Activation("hidden_act", "gelu");
        Embedding embedding = Parts.Table($"{prefix}embed_in", c.Tokens("vocab_size"), width);
        Stack stack = new(
            embedding,
            Parts.Blocks(c.Layers("num_hidden_layers"), i =>
            {
                string block = $"{prefix}layers.{i}";
                (Linear query, Linear key, Linear value) = Parts.Interleaved(new Matrix($"{block}.attention.query_key_value", 3 * width, width), bias, size);
                Linear output = Parts.Layer($"{block}.attention.dense", width, width, LinearRole.AttentionOutput, bias);
                Branch attention = new(
                    new Attention(query, key, value, output, heads, heads, size, Parts.RootScale(size)) { Positions = rotary }, Parts.Layer($"{block}.input_layernorm", width, epsilon));
                Branch feedForward = new(
                    Parts.Plain($"{block}.mlp.dense_h_to_4h", $"{block}.mlp.dense_4h_to_h", width, inner, activation), Parts.Layer($"{block}.post_attention_layernorm", width, epsilon));
                return parallel ? [new Step([attention, feedForward])] : [new Step([attention]), new Step([feedForward])];
            }),
            Parts.Layer($"{prefix}final_layer_norm", width, epsilon));
        var (head, copies) = Parts.HeadOf(embedding, c.Flag("tie_word_embeddings"), "embed_out");
        return new Blueprint(c.ModelType, null, stack, head, rotary.MaximumLength)
        {
            Copies = copies,
            Tolerated = [".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq"],
        };
    }
}
