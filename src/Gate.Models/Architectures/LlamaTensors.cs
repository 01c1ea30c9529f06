using System.Collections.Immutable;

namespace Gate.Models.Architectures;

/// <summary>The tensors of Llama-like checkpoints, named as the Hugging Face modelling code names them.</summary>
internal static class LlamaTensors
{
    /// <summary>The embedding table.</summary>
    public const string Embedding = "model.embed_tokens.weight";

    /// <summary>The norm after the last block.</summary>
    public const string FinalNorm = "model.norm.weight";

    /// <summary>The projection to the vocabulary.</summary>
    public const string Head = "lm_head";

    /// <summary>The module name of a block.</summary>
    public static string Block(int index) => $"model.layers.{index}";

    /// <summary>The layout of a model of these settings.</summary>
    public static TensorLayout Of(LlamaSettings settings)
    {
        ImmutableArray<ExpectedTensor>.Builder tensors = ImmutableArray.CreateBuilder<ExpectedTensor>();
        tensors.Add(new(Embedding, [settings.Vocabulary, settings.Hidden]));
        for (int block = 0; block < settings.Layers; block++)
            AddBlock(tensors, settings, block);
        tensors.Add(new(FinalNorm, [settings.Hidden]));
        if (!settings.TiedHead)
            AddLinear(tensors, Head, settings.Vocabulary, settings.Hidden, LinearRole.FinalDense, -1, Head, bias: false);

        return new TensorLayout(
            tensors.ToImmutable(), [".rotary_emb.inv_freq"], settings.TiedHead ? $"{Head}.weight" : null, Embedding)
        {
            Producers = [.. Enumerable.Range(0, settings.Layers).SelectMany(block => ProducersOf(settings, block))],
            Units = [.. Enumerable.Range(0, settings.Layers).SelectMany(block => UnitsOf(settings, block))],
        };
    }

    private static void AddBlock(ImmutableArray<ExpectedTensor>.Builder tensors, LlamaSettings settings, int block)
    {
        string name = Block(block);
        string attention = $"{name}.self_attn", feedForward = $"{name}.mlp";
        int hidden = settings.Hidden, queries = settings.QueryWidth, keys = settings.KeyValueWidth, inner = settings.Intermediate;

        tensors.Add(new($"{name}.input_layernorm.weight", [hidden]));
        AddLinear(tensors, $"{attention}.q_proj", queries, hidden, LinearRole.AttentionQuery, block, $"{attention}.input", settings.InputBias);
        AddLinear(tensors, $"{attention}.k_proj", keys, hidden, LinearRole.AttentionKey, block, $"{attention}.input", settings.InputBias);
        AddLinear(tensors, $"{attention}.v_proj", keys, hidden, LinearRole.AttentionValue, block, $"{attention}.input", settings.InputBias);
        if (settings.HeadNorms)
        {
            tensors.Add(new($"{attention}.q_norm.weight", [settings.HeadSize]));
            tensors.Add(new($"{attention}.k_norm.weight", [settings.HeadSize]));
        }

        AddLinear(tensors, $"{attention}.o_proj", hidden, queries, LinearRole.AttentionOutput, block, $"{attention}.output", settings.OutputBias);
        tensors.Add(new($"{name}.post_attention_layernorm.weight", [hidden]));
        AddLinear(tensors, $"{feedForward}.gate_proj", inner, hidden, LinearRole.FeedForwardGate, block, $"{feedForward}.input", settings.FeedForwardBias);
        AddLinear(tensors, $"{feedForward}.up_proj", inner, hidden, LinearRole.FeedForwardUp, block, $"{feedForward}.input", settings.FeedForwardBias);
        AddLinear(tensors, $"{feedForward}.down_proj", hidden, inner, LinearRole.FeedForwardDown, block, $"{feedForward}.output", settings.FeedForwardBias);
    }

    private static IEnumerable<InputProducer> ProducersOf(LlamaSettings settings, int block)
    {
        string name = Block(block);
        string attention = $"{name}.self_attn", feedForward = $"{name}.mlp";
        yield return new($"{attention}.input", [$"{name}.input_layernorm.weight"], null, $"{attention}.output");

        // Heads that share values also share their scales, so the outputs of the values are no longer the inputs of the output projection one to one.
        if (settings.QueryWidth == settings.KeyValueWidth)
            yield return Linear($"{attention}.output", $"{attention}.v_proj", settings.InputBias);
        yield return new($"{feedForward}.input", [$"{name}.post_attention_layernorm.weight"], null, $"{feedForward}.output");
        yield return Linear($"{feedForward}.output", $"{feedForward}.up_proj", settings.FeedForwardBias);

        static InputProducer Linear(string group, string layer, bool bias) =>
            new(group, bias ? [$"{layer}.weight", $"{layer}.bias"] : [$"{layer}.weight"], layer, null);
    }

    private static IEnumerable<CoupledUnits> UnitsOf(LlamaSettings settings, int block)
    {
        string attention = $"{Block(block)}.self_attn", feedForward = $"{Block(block)}.mlp";
        int width = settings.HeadSize, sharing = settings.Heads / settings.KeyValueHeads;
        yield return new(CoupledUnitKind.AttentionHead, block, settings.Heads,
        [
            new($"{attention}.q_proj", SliceDimension.Rows, width),
            new($"{attention}.k_proj", SliceDimension.Rows, width, sharing),
            new($"{attention}.v_proj", SliceDimension.Rows, width, sharing),
            new($"{attention}.o_proj", SliceDimension.Columns, width),
        ]);
        yield return new(CoupledUnitKind.Neuron, block, settings.Intermediate,
        [
            new($"{feedForward}.gate_proj", SliceDimension.Rows, 1),
            new($"{feedForward}.up_proj", SliceDimension.Rows, 1),
            new($"{feedForward}.down_proj", SliceDimension.Columns, 1),
        ]);
    }

    private static void AddLinear(
        ImmutableArray<ExpectedTensor>.Builder tensors, string name, int outputs, int inputs, LinearRole role, int block, string group, bool bias)
    {
        string weight = $"{name}.weight";
        tensors.Add(new(weight, [outputs, inputs], new LinearLayer(name, weight, outputs, inputs, role, block, group)));
        if (bias)
            tensors.Add(new($"{name}.bias", [outputs]));
    }
}
