using System.Collections.Immutable;
using Gate.Models.Blueprints;

namespace Gate.Models.Families.Decoders;

/// <summary>
/// GPT-OSS (OpenAI, 2025): a Llama with biases, sinks in its softmax, every other block through a window, and experts whose gate and up rows alternate in one
/// matrix; a file stacks the experts of a block in one tensor, or packs them as MXFP4.
/// </summary>
internal static class GptOss
{
    private const int Window = 128;
    private const double Theta = 150_000, SwiGluLimit = 7;

    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        DecoderNumbers n = DecoderNumbers.Read(c, names, defaultHeadSize: 64, defaultKeyValueHeads: 8);
        c.Only("hidden_act", "silu");
        if (c.Positive("swiglu_limit", SwiGluLimit) != SwiGluLimit)
            throw c.Unsupported("swiglu_limit", $"{c.Positive("swiglu_limit", SwiGluLimit)}", $"{SwiGluLimit}");
        int experts = c.Width("num_local_experts", 128), inner = c.Width("intermediate_size");
        int chosen = c.Width("num_experts_per_tok", c.Width("experts_per_token", 4));
        if (chosen > experts)
            throw c.Unsupported("num_experts_per_tok", $"{chosen}", $"at most num_local_experts ({experts})");
        bool bias = c.Flag("attention_bias", true);
        Blueprint blueprint = Llama.Build(
            c, n, new(bias, bias, FeedForward: true), c.Window(Window), i => i % 2 == 0, theta: Theta,
            feedForward: (_, module) => new Experts(
                Parts.Layer($"{module}.router", experts, n.Hidden, LinearRole.Router, bias: true),
                [.. Enumerable.Range(0, experts).Select(expert => Expert($"{module}.experts.{expert}", n.Hidden, inner))], chosen, Renormalize: true));
        Stack decoder = blueprint.Decoder!;
        return blueprint with
        {
            Decoder = decoder with { Blocks = [.. decoder.Blocks.Select((block, i) => WithSinks(block, new Vector($"{n.Block(i)}.self_attn.sinks", n.Heads)))] },
            Stacked = [.. Enumerable.Range(0, n.Layers).Select(i => $"{n.Block(i)}.mlp.experts").SelectMany(module => Stacks(module, "gate_up_proj", experts).Concat(Stacks(module, "down_proj", experts)))],
        };
    }

    private static FeedForward Expert(string module, int width, int inner)
    {
        Matrix both = new($"{module}.gate_up_proj", 2 * inner, width);
        return new(
            Parts.Rows(both, LinearRole.FeedForwardGate, true, 0, 1, 2), Parts.Rows(both, LinearRole.FeedForwardUp, true, 1, 1, 2),
            Parts.Layer($"{module}.down_proj", width, inner, LinearRole.FeedForwardDown, bias: true), Activation.ClampedSwiGlu);
    }

    private static ImmutableArray<Step> WithSinks(ImmutableArray<Step> block, Vector sinks) =>
    [
        .. block.Select(step => step with
        {
            Branches = [.. step.Branches.Select(branch => branch.Module is Attention attention ? branch with { Module = attention with { Sinks = sinks } } : branch)],
        }),
    ];

    private static IEnumerable<StackedTensor> Stacks(string module, string name, int experts) =>
    [
        new($"{module}.{name}", [.. Enumerable.Range(0, experts).Select(expert => $"{module}.{expert}.{name}.weight")], IsMatrix: true),
        new($"{module}.{name}_bias", [.. Enumerable.Range(0, experts).Select(expert => $"{module}.{expert}.{name}.bias")], IsMatrix: false),
    ];
}
