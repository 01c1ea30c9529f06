using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Families.Decoders;

/// <summary>
/// Gemma (Google, 2024 and 2025): norms that store the difference from 1, an embedding multiplied by √hidden, GeGLU, a tied head. The second adds norms
/// behind each module, soft caps and windows on every other block; the third norms over heads, and positions of their own for blocks with a window.
/// </summary>
internal static class Gemma
{
    private const int DefaultHeadSize = 256, DefaultWindow = 4096, ThirdPattern = 6;
    private const double DefaultScalar = 256, LocalTheta = 10_000, GlobalTheta = 1_000_000;

    /// <summary>The first.</summary>
    public static Blueprint First(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names, DefaultHeadSize);
        Rotary rotary = RotaryReading.Read(c, n.HeadSize);
        float epsilon = (float)c.Positive("rms_norm_eps", 1e-6);
        bool bias = c.Flag("attention_bias");
        Activation activation = ActivationOf(c);
        return n.Decoder(
            c, Embedding(c, n),
            Parts.Blocks(n.Layers, i =>
            [
                Step.PreNorm(Norm(n, $"{n.Block(i)}.input_layernorm", epsilon), n.Attention($"{n.Block(i)}.self_attn", rotary, bias, bias)),
                Step.PreNorm(Norm(n, $"{n.Block(i)}.post_attention_layernorm", epsilon), n.Gated($"{n.Block(i)}.mlp", c.Width("intermediate_size"), activation)),
            ]),
            Norm(n, $"{n.Prefix}norm", epsilon), rotary.MaximumLength, tied: true);
    }

    /// <summary>The second.</summary>
    public static Blueprint Second(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names, DefaultHeadSize);
        Rotary rotary = RotaryReading.Read(c, n.HeadSize);
        return Sandwiched(c, n, headNorms: false, c.Cap("attn_logit_softcapping", 50), c.Cap("final_logit_softcapping", 30), i => i % 2 == 0, rotary, rotary);
    }

    /// <summary>The text model of the third.</summary>
    public static Blueprint Third(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names, DefaultHeadSize);
        c.Only("use_bidirectional_attention", false);
        int pattern = c.Width(c.Has("_sliding_window_pattern") ? "_sliding_window_pattern" : "sliding_window_pattern", ThirdPattern);
        Rotary global = RotaryReading.Read(c, n.HeadSize, FamilyConfiguration.FullLayer, GlobalTheta);

        // Scaling stretches the blocks without a window only.
        double theta = c.Positive("rope_local_base_freq", LocalTheta);
        Rotary local = c.Object("rope_parameters") is { } parameters && parameters.GetObject(FamilyConfiguration.SlidingLayer) is not null
            ? RotaryReading.Read(c, n.HeadSize, FamilyConfiguration.SlidingLayer, theta)
            : global with { Theta = theta, Scaling = new DefaultRotary() };
        return Sandwiched(c, n, headNorms: true, c.Cap("attn_logit_softcapping"), c.Cap("final_logit_softcapping"), i => (i + 1) % pattern != 0, global, local);
    }

    private static Blueprint Sandwiched(
        FamilyConfiguration c, DecoderNumbers n, bool headNorms, float attentionCap, float finalCap, Func<int, bool> meant, Rotary global, Rotary local)
    {
        float epsilon = (float)c.Positive("rms_norm_eps", 1e-6), scale = Parts.RootScale(c.Positive("query_pre_attn_scalar", DefaultScalar));
        bool bias = c.Flag("attention_bias");
        int window = c.Window(DefaultWindow);
        Activation activation = ActivationOf(c);
        bool[] windowed = c.Windowed(n.Layers, meant);
        Blueprint decoder = n.Decoder(
            c, Embedding(c, n),
            Parts.Blocks(n.Layers, i =>
            {
                string block = n.Block(i), module = $"{block}.self_attn";
                Attention attention = n.Attention(module, windowed[i] ? local : global, bias, bias) with
                {
                    Scale = scale,
                    SoftCap = attentionCap,
                    Window = windowed[i] ? window : Attention.NoWindow,
                    QueryNorm = headNorms ? Parts.Rms($"{module}.q_norm", n.HeadSize, epsilon, offset: 1) : null,
                    KeyNorm = headNorms ? Parts.Rms($"{module}.k_norm", n.HeadSize, epsilon, offset: 1) : null,
                };
                return
                [
                    Step.Sandwich(Norm(n, $"{block}.input_layernorm", epsilon), attention, Norm(n, $"{block}.post_attention_layernorm", epsilon)),
                    Step.Sandwich(
                        Norm(n, $"{block}.pre_feedforward_layernorm", epsilon), n.Gated($"{block}.mlp", c.Width("intermediate_size"), activation),
                        Norm(n, $"{block}.post_feedforward_layernorm", epsilon)),
                ];
            }),
            Norm(n, $"{n.Prefix}norm", epsilon), global.MaximumLength, tied: true);
        return decoder with { Head = decoder.Head with { SoftCap = finalCap } };
    }

    private static Norm Norm(DecoderNumbers n, string module, float epsilon) => Parts.Rms(module, n.Hidden, epsilon, offset: 1);

    // The reference makes √hidden in the precision the model runs in: a bfloat16 model multiplies by 55.5 where √3072 is 55.43.
    private static Embedding Embedding(FamilyConfiguration c, DecoderNumbers n)
    {
        float root = MathF.Sqrt(n.Hidden);
        float scale = (c.Text("dtype") ?? c.Text("torch_dtype")) switch
        {
            "bfloat16" => BFloat16Conversion.Widen(BFloat16Conversion.Narrow(root)),
            "float16" => (float)(Half)root,
            _ => root,
        };
        return n.Embedding with { Scale = scale };
    }

    // hidden_act "gelu" of early configurations always meant the tanh form.
    private static Activation ActivationOf(FamilyConfiguration c)
    {
        string key = c.Text("hidden_activation") is null ? "hidden_act" : "hidden_activation";
        _ = c.Has("hidden_act");
        return c.Activation(key, "gelu_pytorch_tanh") is var activation && key == "hidden_act" && activation == Activation.Gelu ? Activation.GeluTanh : activation;
    }
}
