using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>Phi (Li et al., 2023): attention and feed-forward side by side behind one LayerNorm, partial rotary positions, biases everywhere.</summary>
internal static class Phi
{
    private const double DefaultShare = 0.5;
    private const int ThirdOriginal = 4096;

    /// <summary>Phi-1, Phi-1.5 and Phi-2.</summary>
    public static Blueprint First(FamilyConfiguration c, TensorNames names)
    {
        c.Only("qk_layernorm", false);
        DecoderNumbers n = DecoderNumbers.Read(c, names);
        Rotary rotary = RotaryReading.Read(c, n.HeadSize, share: DefaultShare);
        float epsilon = (float)c.Positive("layer_norm_eps", 1e-5);
        Activation activation = c.Activation("hidden_act", "gelu_new");
        return n.Decoder(
            c, n.Embedding,
            Parts.Blocks(n.Layers, i =>
            {
                string block = n.Block(i);
                Norm norm = Parts.Layer($"{block}.input_layernorm", n.Hidden, epsilon);
                return
                [
                    new Step(
                    [
                        new Branch(n.Attention($"{block}.self_attn", rotary, inputBias: true, outputBias: true, output: "dense"), norm),
                        new Branch(Parts.Plain($"{block}.mlp.fc1", $"{block}.mlp.fc2", n.Hidden, c.Width("intermediate_size"), activation), norm),
                    ]),
                ];
            }),
            Parts.Layer($"{n.Prefix}final_layernorm", n.Hidden, epsilon), rotary.MaximumLength, headBias: true);
    }

    /// <summary>Phi-3 and Phi-4-mini (Abdin et al., 2024): Llama with query, key and value in one matrix and gate and up projection in one.</summary>
    public static Blueprint Third(FamilyConfiguration c, TensorNames names)
    {
        _ = c.Tokens("original_max_position_embeddings", ThirdOriginal);
        DecoderNumbers n = DecoderNumbers.Read(c, names);
        Rotary rotary = RotaryReading.Read(c, n.HeadSize);
        float epsilon = (float)c.Positive("rms_norm_eps", 1e-5);
        Activation activation = c.Activation("hidden_act", "silu");
        int window = c.Window(), queries = n.Heads * n.HeadSize, keys = n.KeyValueHeads * n.HeadSize;
        return n.Decoder(
            c, n.Embedding,
            Parts.Blocks(n.Layers, i =>
            {
                string block = n.Block(i);
                (Linear query, Linear key, Linear value) = Parts.Fused(new Matrix($"{block}.self_attn.qkv_proj", queries + (2 * keys), n.Hidden), false, queries, keys);
                Attention attention = n.Attention($"{block}.self_attn", rotary) with { Query = query, Key = key, Value = value, Window = window };
                return
                [
                    Step.PreNorm(Parts.Rms($"{block}.input_layernorm", n.Hidden, epsilon), attention),
                    Step.PreNorm(
                        Parts.Rms($"{block}.post_attention_layernorm", n.Hidden, epsilon),
                        Parts.GatedInOne($"{block}.mlp.gate_up_proj", $"{block}.mlp.down_proj", n.Hidden, c.Width("intermediate_size"), activation)),
                ];
            }),
            Parts.Rms($"{n.Prefix}norm", n.Hidden, epsilon), rotary.MaximumLength);
    }
}
