using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>Cohere's Command R and R7B (2024): attention and feed-forward side by side behind a LayerNorm without bias, neighbouring values turn together,
/// logits are multiplied by <c>logit_scale</c>. The second has windows, and no positions where it has none.</summary>
internal static class Cohere
{
    private const double DefaultScale = 0.0625;
    private const int DefaultWindow = 4096, DefaultPattern = 4;

    /// <summary>Command R.</summary>
    public static Blueprint First(FamilyConfiguration c, TensorNames names)
    {
        c.Only("use_qk_norm", false);
        return Build(c, names, Attention.NoWindow, _ => false, turnsAll: true);
    }

    /// <summary>Command R7B.</summary>
    public static Blueprint Second(FamilyConfiguration c, TensorNames names)
    {
        int pattern = c.Width(c.Has("_sliding_window_pattern") ? "_sliding_window_pattern" : "sliding_window_pattern", DefaultPattern);
        return Build(c, names, c.Window(DefaultWindow), i => (i + 1) % pattern != 0, turnsAll: false);
    }

    private static Blueprint Build(FamilyConfiguration c, TensorNames names, int window, Func<int, bool> meant, bool turnsAll)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names);
        Rotary rotary = RotaryReading.Read(c, n.HeadSize) with { Pairing = RotaryPairing.Neighbours };
        float epsilon = (float)c.Positive("layer_norm_eps", 1e-5);
        bool bias = c.Flag("attention_bias");
        Activation activation = c.Activation("hidden_act", "silu");
        bool[] windowed = c.Windowed(n.Layers, meant);
        Blueprint decoder = n.Decoder(
            c, n.Embedding,
            Parts.Blocks(n.Layers, i =>
            {
                string block = n.Block(i);
                Norm norm = Parts.Layer($"{block}.input_layernorm", n.Hidden, epsilon, bias: false);
                Attention attention = n.Attention($"{block}.self_attn", turnsAll || windowed[i] ? rotary : null, bias, bias) with
                {
                    Window = windowed[i] ? window : Attention.NoWindow,
                };
                return [new Step([new Branch(attention, norm), new Branch(n.Gated($"{block}.mlp", c.Width("intermediate_size"), activation), norm)])];
            }),
            Parts.Layer($"{n.Prefix}norm", n.Hidden, epsilon, bias: false), rotary.MaximumLength, tied: true);
        return decoder with { Head = decoder.Head with { Scale = (float)c.Positive("logit_scale", DefaultScale) } };
    }
}
