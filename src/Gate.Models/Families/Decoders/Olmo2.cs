using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>OLMo 2 (OLMo team, 2025): norms behind each module only, and over all heads of query and of key.</summary>
internal static class Olmo2
{
    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names);
        Rotary rotary = RotaryReading.Read(c, n.HeadSize);
        float epsilon = (float)c.Positive("rms_norm_eps", 1e-5);
        bool bias = c.Flag("attention_bias");
        Activation activation = c.Activation("hidden_act", "silu");
        return n.Decoder(
            c, n.Embedding,
            Parts.Blocks(n.Layers, i =>
            {
                string block = n.Block(i), module = $"{block}.self_attn";
                Attention attention = n.Attention(module, rotary, bias, bias) with
                {
                    QueryNorm = Parts.Rms($"{module}.q_norm", n.Heads * n.HeadSize, epsilon),
                    KeyNorm = Parts.Rms($"{module}.k_norm", n.KeyValueHeads * n.HeadSize, epsilon),
                };
                return
                [
                    Step.Sandwich(null, attention, Parts.Rms($"{block}.post_attention_layernorm", n.Hidden, epsilon)),
                    Step.Sandwich(null, n.Gated($"{block}.mlp", c.Width("intermediate_size"), activation), Parts.Rms($"{block}.post_feedforward_layernorm", n.Hidden, epsilon)),
                ];
            }),
            Parts.Rms($"{n.Prefix}norm", n.Hidden, epsilon), rotary.MaximumLength);
    }
}
