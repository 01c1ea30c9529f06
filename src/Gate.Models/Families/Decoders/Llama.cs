using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>
/// Llama (Touvron et al., 2023; Llama 2 and 3): pre-RMSNorm, rotary positions, grouped-query attention, SwiGLU; and the families that are Llama with other
/// switches: Mistral (a window), Qwen2 (biases on query, key and value), Qwen3 (norms over the heads of query and key), SmolLM3 (no positions on some
/// blocks), Granite (multipliers).
/// </summary>
internal static class Llama
{
    private const int Qwen3HeadSize = 128, MistralWindow = 4096, QwenWindow = 4096, QwenFirstWindowed = 28, SmolInterval = 4;
    private const double SmolTheta = 2_000_000;

    /// <summary>Llama: <c>attention_bias</c> puts biases on all four attention layers, <c>mlp_bias</c> on all three of the feed-forward.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names) => Build(c, DecoderNumbers.Read(c, names), Biases(c), window: c.Window(), meant: _ => false);

    /// <summary>Mistral (Jiang et al., 2023): attention limited to the last <c>sliding_window</c> tokens unless that is null.</summary>
    public static Blueprint Mistral(FamilyConfiguration c, TensorNames names) =>
        Build(c, DecoderNumbers.Read(c, names, defaultKeyValueHeads: c.Has("num_key_value_heads") ? null : 8), default, c.Window(MistralWindow), _ => true);

    /// <summary>Qwen2 and Qwen2.5 (Yang et al., 2024).</summary>
    public static Blueprint Qwen2(FamilyConfiguration c, TensorNames names) =>
        Build(c, DecoderNumbers.Read(c, names), new(Input: true, Output: false, FeedForward: false), QwenWindowOf(c, out Func<int, bool> windowed), windowed);

    /// <summary>Qwen3 (Yang et al., 2025).</summary>
    public static Blueprint Qwen3(FamilyConfiguration c, TensorNames names) =>
        Build(c, DecoderNumbers.Read(c, names, Qwen3HeadSize), Biases(c), QwenWindowOf(c, out Func<int, bool> windowed), windowed, headNorms: true);

    /// <summary>SmolLM3 (Hugging Face, 2025): every fourth block without positions (Yang et al., 2025, "Rope to Nope").</summary>
    public static Blueprint SmolLm3(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names);
        int interval = c.Width("no_rope_layer_interval", SmolInterval);
        IReadOnlyList<int>? turned = c.Integers("no_rope_layers");
        if (turned is not null && turned.Count != n.Layers)
            throw c.Unsupported("no_rope_layers", $"{turned.Count} values", $"one for each of the {n.Layers} blocks");
        bool Turns(int i) => turned is null ? (i + 1) % interval != 0 : turned[i] != 0;
        bool sliding = c.Flag("use_sliding_window");
        return Build(c, n, Biases(c), sliding ? c.Window() : Unused(c), i => sliding && Turns(i), turns: Turns, theta: SmolTheta, tied: true);
    }

    /// <summary>Granite (IBM, 2024): multipliers of embedding, attention scores, residual branches and logits.</summary>
    public static Blueprint Granite(FamilyConfiguration c, TensorNames names)
    {
        double attention = c.Positive("attention_multiplier", 1), residual = c.Positive("residual_multiplier", 1);
        double embedding = c.Positive("embedding_multiplier", 1), logits = c.Positive("logits_scaling", 1);
        Blueprint plain = Build(c, DecoderNumbers.Read(c, names), Biases(c), Attention.NoWindow, _ => false, scale: (float)attention, residual: (float)residual);
        return plain with
        {
            Decoder = plain.Decoder! with { Embedding = plain.Decoder.Embedding with { Scale = (float)embedding } },
            Head = plain.Head with { Scale = (float)(1 / logits) },
        };
    }

    /// <summary>A Llama with its switches.</summary>
    /// <param name="c">The configuration.</param>
    /// <param name="n">Its numbers.</param>
    /// <param name="biases">Which layers have biases.</param>
    /// <param name="window">Window of the blocks that have one.</param>
    /// <param name="meant">Which blocks have one where <c>layer_types</c> does not say.</param>
    /// <param name="headNorms">Whether heads of query and key are normalised.</param>
    /// <param name="turns">Which blocks have positions; null for all.</param>
    /// <param name="theta">Base of the frequencies where no key says one.</param>
    /// <param name="tied">Whether the head is tied where no key says.</param>
    /// <param name="scale">What scores are multiplied by, or null for 1 / √head size.</param>
    /// <param name="residual">What branches are multiplied by.</param>
    /// <param name="feedForward">The feed-forward of a block, or null for the gated one of <c>intermediate_size</c>.</param>
    public static Blueprint Build(
        FamilyConfiguration c, DecoderNumbers n, Biases biases, int window, Func<int, bool> meant, bool headNorms = false, Func<int, bool>? turns = null,
        double theta = 10000, bool tied = false, float? scale = null, float residual = 1, Func<int, string, Module>? feedForward = null)
    {
        float epsilon = (float)c.Positive("rms_norm_eps", 1e-6);
        Activation activation = c.Activation("hidden_act", "silu");
        Rotary[] rotaries = [.. new[] { FamilyConfiguration.FullLayer, FamilyConfiguration.SlidingLayer }.Select(type => Rotary(c, n, type, theta))];
        bool[] windowed = c.Windowed(n.Layers, meant);
        feedForward ??= (_, module) => n.Gated(module, c.Width("intermediate_size"), activation, biases.FeedForward);
        return n.Decoder(
            c, n.Embedding,
            Parts.Blocks(n.Layers, i =>
            {
                string block = n.Block(i), module = $"{block}.self_attn";
                Attention attention = n.Attention(module, turns?.Invoke(i) == false ? null : rotaries[windowed[i] ? 1 : 0], biases.Input, biases.Output);
                attention = attention with
                {
                    Window = windowed[i] ? window : Attention.NoWindow,
                    Scale = scale ?? attention.Scale,
                    QueryNorm = headNorms ? Parts.Rms($"{module}.q_norm", n.HeadSize, epsilon) : null,
                    KeyNorm = headNorms ? Parts.Rms($"{module}.k_norm", n.HeadSize, epsilon) : null,
                };
                return
                [
                    Step.PreNorm(Parts.Rms($"{block}.input_layernorm", n.Hidden, epsilon), attention) with { Scale = residual },
                    Step.PreNorm(Parts.Rms($"{block}.post_attention_layernorm", n.Hidden, epsilon), feedForward(i, $"{block}.mlp")) with { Scale = residual },
                ];
            }),
            Parts.Rms($"{n.Prefix}norm", n.Hidden, epsilon), rotaries[0].MaximumLength, tied);
    }

    /// <summary>Which blocks of a Qwen have a window: those from <c>max_window_layers</c> on, when <c>use_sliding_window</c> is true.</summary>
    public static int QwenWindowOf(FamilyConfiguration c, out Func<int, bool> windowed)
    {
        int first = c.Integer("max_window_layers", QwenFirstWindowed);
        bool uses = c.Flag("use_sliding_window");
        windowed = i => uses && i >= first;
        return uses ? c.Window(QwenWindow) : Unused(c);
    }

    /// <summary>Which layers have biases by <c>attention_bias</c> and <c>mlp_bias</c>.</summary>
    public static Biases Biases(FamilyConfiguration c)
    {
        bool attention = c.Flag("attention_bias");
        return new Biases(attention, attention, c.Flag("mlp_bias"));
    }

    // The parameters of a kind of layer that no block is of need not be there.
    private static Rotary Rotary(FamilyConfiguration c, DecoderNumbers n, string layerType, double theta) =>
        RotaryReading.Read(c, n.HeadSize, c.Texts("layer_types")?.Contains(layerType) == false ? c.Texts("layer_types")![0] : layerType, theta);

    private static int Unused(FamilyConfiguration c)
    {
        _ = c.Has("sliding_window");
        return Attention.NoWindow;
    }
}

/// <summary>Which layers of a block have biases.</summary>
/// <param name="Input">Query, key and value.</param>
/// <param name="Output">The attention's output.</param>
/// <param name="FeedForward">All of the feed-forward.</param>
internal readonly record struct Biases(bool Input, bool Output, bool FeedForward);
