using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>StarCoder2 (Lozhkov et al., 2024): LayerNorm, rotary positions, a window, a feed-forward without a gate, biases everywhere.</summary>
internal static class Starcoder2
{
    private const int DefaultKeyValueHeads = 2;

    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names, defaultKeyValueHeads: DefaultKeyValueHeads);
        Rotary rotary = RotaryReading.Read(c, n.HeadSize);
        float epsilon = (float)c.Positive("norm_epsilon", 1e-5);
        bool bias = c.Flag("use_bias", true);
        int window = c.Window();
        Activation activation = c.Activation("hidden_act", "gelu_pytorch_tanh");
        return n.Decoder(
            c, n.Embedding,
            Parts.Blocks(n.Layers, i =>
            {
                string block = n.Block(i);
                return
                [
                    Step.PreNorm(Parts.Layer($"{block}.input_layernorm", n.Hidden, epsilon), n.Attention($"{block}.self_attn", rotary, bias, bias) with { Window = window }),
                    Step.PreNorm(
                        Parts.Layer($"{block}.post_attention_layernorm", n.Hidden, epsilon),
                        Parts.Plain($"{block}.mlp.c_fc", $"{block}.mlp.c_proj", n.Hidden, c.Width("intermediate_size"), activation, bias)),
                ];
            }),
            Parts.Layer($"{n.Prefix}norm", n.Hidden, epsilon), rotary.MaximumLength, tied: true);
    }
}
