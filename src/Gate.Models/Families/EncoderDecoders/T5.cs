using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.EncoderDecoders;

/// <summary>T5 (Raffel et al., 2020), its version 1.1, Flan-T5 and mT5: pre-RMSNorm, biases by distance that all blocks share, no scale on scores; the
/// head of the first version is the embedding, its input multiplied by 1/√width.</summary>
internal static class T5
{
    private const string Gated = "gated-";

    /// <summary>T5.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names) => Build(c, tied: true, "relu");

    /// <summary>mT5 (Xue et al., 2021).</summary>
    public static Blueprint Multilingual(FamilyConfiguration c, TensorNames names) => Build(c, tied: false, "gated-gelu");

    private static Blueprint Build(FamilyConfiguration c, bool tied, string feedForward)
    {
        int width = c.Width("d_model"), heads = c.Width("num_heads"), size = c.Width("d_kv"), inner = c.Width("d_ff"), layers = c.Layers("num_layers");
        int buckets = c.Width("relative_attention_num_buckets", 32), farthest = c.Width("relative_attention_max_distance", 128);
        float epsilon = (float)c.Positive("layer_norm_epsilon", 1e-6);
        string kind = c.Text("feed_forward_proj") ?? feedForward;
        bool gated = kind.StartsWith(Gated, StringComparison.Ordinal);
        _ = (c.Has("is_gated_act"), c.Has("dense_act_fn"));

        // "gated-gelu" always meant the tanh form.
        Activation activation = kind switch
        {
            "relu" or "gated-relu" => Activation.Relu,
            "gated-gelu" or "gelu_new" or "gated-gelu_new" => Activation.GeluTanh,
            "gelu" => Activation.Gelu,
            "gated-silu" or "silu" => Activation.Silu,
            _ => throw c.Unsupported("feed_forward_proj", $"'{kind}'", "'relu', 'gated-gelu' or 'gated-silu'"),
        };
        Attention Attend(string module, Sees sees, Positions? positions) => new(
            Parts.Layer($"{module}.q", heads * size, width, LinearRole.AttentionQuery), Parts.Layer($"{module}.k", heads * size, width, LinearRole.AttentionKey),
            Parts.Layer($"{module}.v", heads * size, width, LinearRole.AttentionValue), Parts.Layer($"{module}.o", width, heads * size, LinearRole.AttentionOutput), heads, heads, size, 1)
        {
            Sees = sees,
            Positions = positions,
        };
        Module Feed(string module) => gated
            ? Parts.Gated($"{module}.wi_0", $"{module}.wi_1", $"{module}.wo", width, inner, activation)
            : Parts.Plain($"{module}.wi", $"{module}.wo", width, inner, activation, bias: false);
        Norm Norm(string module) => Parts.Rms($"{module}.layer_norm", width, epsilon);
        RelativeBuckets Biases(string side, bool bothWays) =>
            new($"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight", buckets, farthest, bothWays);
        Embedding embedding = Parts.Table("shared", c.Tokens("vocab_size"), width);
        Stack encoder = new(
            embedding,
            Parts.Blocks(layers, i =>
            {
                string layer = $"encoder.block.{i}.layer";
                return
                [
                    Step.PreNorm(Norm($"{layer}.0"), Attend($"{layer}.0.SelfAttention", Sees.All, Biases("encoder", bothWays: true))),
                    Step.PreNorm(Norm($"{layer}.1"), Feed($"{layer}.1.DenseReluDense")),
                ];
            }),
            Parts.Rms("encoder.final_layer_norm", width, epsilon));
        Stack decoder = new(
            embedding,
            Parts.Blocks(c.Layers("num_decoder_layers", layers), i =>
            {
                string layer = $"decoder.block.{i}.layer";
                return
                [
                    Step.PreNorm(Norm($"{layer}.0"), Attend($"{layer}.0.SelfAttention", Sees.Past, Biases("decoder", bothWays: false))),
                    Step.PreNorm(Norm($"{layer}.1"), Attend($"{layer}.1.EncDecAttention", Sees.Memory, null)),
                    Step.PreNorm(Norm($"{layer}.2"), Feed($"{layer}.2.DenseReluDense")),
                ];
            }),
            Parts.Rms("decoder.final_layer_norm", width, epsilon));
        bool isTied = c.Flag("tie_word_embeddings", tied);
        var (head, copies) = Parts.HeadOf(embedding, isTied, "lm_head");
        return new Blueprint(c.ModelType, encoder, decoder, isTied ? head with { Scale = Parts.RootScale(width) } : head, FamilyConfiguration.MaximumTokens)
        {
            Copies = [.. copies, new("encoder.embed_tokens.weight", embedding.Table.Tensor), new("decoder.embed_tokens.weight", embedding.Table.Tensor)],
            Tolerated = ["EncDecAttention.relative_attention_bias.weight"],
            DecoderStartId = c.TokenId("decoder_start_token_id") ?? c.TokenId("pad_token_id") ?? 0,
        };
    }
}
