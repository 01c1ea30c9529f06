using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>StableLM (Stability AI, 2024): Llama with LayerNorm and partial rotary positions.</summary>
internal static class StableLm
{
    private const double DefaultShare = 0.25;

    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        c.Only("qk_layernorm", false);
        DecoderNumbers n = DecoderNumbers.Read(c, names);
        Rotary rotary = RotaryReading.Read(c, n.HeadSize, share: DefaultShare);
        float epsilon = (float)c.Positive("layer_norm_eps", 1e-5);
        bool bias = c.Flag("use_qkv_bias"), parallel = c.Flag("use_parallel_residual");
        Activation activation = c.Activation("hidden_act", "silu");
        return n.Decoder(
            c, n.Embedding,
            Parts.Blocks(n.Layers, i =>
            {
                string block = n.Block(i);
                Norm norm = Parts.Layer($"{block}.input_layernorm", n.Hidden, epsilon);
                Attention attention = n.Attention($"{block}.self_attn", rotary, inputBias: bias);
                FeedForward feedForward = n.Gated($"{block}.mlp", c.Width("intermediate_size"), activation);
                return parallel
                    ? [new Step([new Branch(attention, norm), new Branch(feedForward, norm)])]
                    : [Step.PreNorm(norm, attention), Step.PreNorm(Parts.Layer($"{block}.post_attention_layernorm", n.Hidden, epsilon), feedForward)];
            }),
            Parts.Layer($"{n.Prefix}norm", n.Hidden, epsilon), rotary.MaximumLength);
    }
}
