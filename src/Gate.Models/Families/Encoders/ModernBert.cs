using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Encoders;

/// <summary>ModernBERT (Warner et al., 2024): pre-norms without bias, rotary positions, two of three blocks see a window, GeGLU in one matrix.</summary>
internal static class ModernBert
{
    private const double GlobalTheta = 160_000, LocalTheta = 10_000;

    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        string prefix = names.Prefix("embeddings.tok_embeddings.weight", "model.", "");
        int width = c.Width("hidden_size"), heads = c.Width("num_attention_heads"), inner = c.Width("intermediate_size"), every = c.Width("global_attn_every_n_layers", 3);
        if (width % heads != 0)
            throw c.Unsupported("num_attention_heads", $"{heads}", $"a divisor of hidden_size ({width})");
        int size = width / heads, layers = c.Layers("num_hidden_layers");
        float epsilon = (float)c.Positive("norm_eps", 1e-5);
        bool normBias = c.Flag("norm_bias"), attentionBias = c.Flag("attention_bias"), classifierBias = c.Flag("classifier_bias");
        c.Only("mlp_bias", false);
        Activation activation = c.Activation("hidden_activation", "gelu");
        double globalTheta = c.Positive("global_rope_theta", GlobalTheta), localTheta = c.Positive("local_rope_theta", LocalTheta);
        Rotary global = RotaryReading.Read(c, size, FamilyConfiguration.FullLayer, globalTheta), local = RotaryReading.Read(c, size, FamilyConfiguration.SlidingLayer, localTheta);

        // A token sees half of the window to each side, and itself.
        int window = (c.Tokens("local_attention", 128) / 2) + 1;
        bool[] windowed = c.Windowed(layers, i => i % every != 0);
        Norm Norm(string module) => Parts.Layer(module, width, epsilon, normBias);
        Embedding embedding = Parts.Table($"{prefix}embeddings.tok_embeddings", c.Tokens("vocab_size"), width) with { Norm = Norm($"{prefix}embeddings.norm") };
        Stack stack = new(
            embedding,
            Parts.Blocks(layers, i =>
            {
                string layer = $"{prefix}layers.{i}";
                (Linear query, Linear key, Linear value) = Parts.Fused(new Matrix($"{layer}.attn.Wqkv", 3 * width, width), attentionBias, width, width);
                Attention attention = new(
                    query, key, value, Parts.Layer($"{layer}.attn.Wo", width, width, LinearRole.AttentionOutput, attentionBias), heads, heads, size, Parts.RootScale(size))
                {
                    Sees = Sees.All,
                    Positions = windowed[i] ? local : global,
                    Window = windowed[i] ? window : Attention.NoWindow,
                };

                // The first block reads the embedding's norm.
                Branch attends = new(attention, i == 0 ? null : Norm($"{layer}.attn_norm"));
                return [new Step([attends]), Step.PreNorm(Norm($"{layer}.mlp_norm"), Parts.GatedInOne($"{layer}.mlp.Wi", $"{layer}.mlp.Wo", width, inner, activation))];
            }),
            Norm($"{prefix}final_norm"));
        c.Only("tie_word_embeddings", true);
        Head head = Parts.Tied(embedding, c.Flag("decoder_bias", true) ? new Vector("decoder.bias", embedding.Table.Outputs) : null) with
        {
            Transform = Parts.Layer("head.dense", width, width, LinearRole.HeadTransform, classifierBias),
            TransformActivation = c.Activation("classifier_activation", "gelu"),
            TransformNorm = Norm("head.norm"),
        };
        return new Blueprint(c.ModelType, stack, null, head, global.MaximumLength)
        {
            Copies = [new("decoder.weight", embedding.Table.Tensor)],
            Tolerated = [".rotary_emb.inv_freq", ".inv_freq"],
        };
    }
}
