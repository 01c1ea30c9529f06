using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Gguf;

/// <summary>The keys that describe a model, made from its blueprint: what is written into a file, and what a file that was read must say.</summary>
internal sealed class GgufMetadata
{
    private readonly List<(string Key, object Value)> _keys = [];
    private readonly string _architecture;

    private GgufMetadata(string architecture) => _architecture = architecture;

    /// <summary>The keys, each an int, a double, a bool or a string, in the order they are written.</summary>
    /// <param name="blueprint">A decoder.</param>
    /// <param name="family">What llama.cpp calls it.</param>
    public static IReadOnlyList<(string Key, object Value)> Of(Blueprint blueprint, GgufFamily family)
    {
        GgufMetadata metadata = new(family.Architecture);
        metadata.PutStack(blueprint, family);
        metadata.PutAttention(blueprint, family);
        metadata.PutFeedForward(blueprint);
        metadata.PutRotary(blueprint);
        return metadata._keys;
    }

    private void PutStack(Blueprint blueprint, GgufFamily family)
    {
        Stack stack = blueprint.Decoder!;
        Put("block_count", stack.Blocks.Length);
        Put("context_length", GgufShape.ContextOf(blueprint));
        Put("embedding_length", stack.Embedding.Width);
        Put("vocab_size", stack.Embedding.Table.Outputs);
        if (stack.FinalNorm is { } norm)
            Put(norm.Kind == NormKind.Layer ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", (double)norm.Epsilon);
        if (family.HasResidualSwitch)
            Put("use_parallel_residual", stack.Blocks[0][0].Branches.Length > 1);
        if (!family.ScalesByRoot && stack.Embedding.Scale != 1)
            Put("embedding_scale", (double)stack.Embedding.Scale);
        if (stack.Blocks[0][0].Scale != 1)
            Put("residual_scale", (double)stack.Blocks[0][0].Scale);
        if (family.LogitScale == GgufLogitScale.Multiplies)
            Put("logit_scale", (double)blueprint.Head.Scale);
        if (family.LogitScale == GgufLogitScale.Divides)
            Put("logit_scale", 1.0 / blueprint.Head.Scale);
        if (blueprint.Head.SoftCap != 0)
            Put("final_logit_softcapping", (double)blueprint.Head.SoftCap);
    }

    private void PutAttention(Blueprint blueprint, GgufFamily family)
    {
        Attention attention = GgufShape.Attentions(blueprint).First();
        Put("attention.head_count", attention.Heads);
        Put("attention.head_count_kv", attention.KeyValueHeads);
        Put("attention.key_length", attention.HeadSize);
        Put("attention.value_length", attention.HeadSize);
        if (attention.SoftCap != 0)
            Put("attn_logit_softcapping", (double)attention.SoftCap);
        if (family.BlocksOfWideScale == 0 && attention.Scale != (float)(1 / Math.Sqrt(attention.HeadSize)))
            Put("attention.scale", (double)attention.Scale);
        if (family.HasWindow && GgufShape.Attentions(blueprint).FirstOrDefault(one => one.Window != Attention.NoWindow) is { } windowed)
            Put("attention.sliding_window", windowed.Window);
    }

    private void PutFeedForward(Blueprint blueprint)
    {
        if (GgufShape.Modules(blueprint).OfType<Experts>().FirstOrDefault() is not { } experts)
        {
            Put("feed_forward_length", GgufShape.Modules(blueprint).OfType<FeedForward>().First().Up.Outputs);
            return;
        }

        Put("feed_forward_length", experts.Each[0].Up.Outputs);
        Put("expert_feed_forward_length", experts.Each[0].Up.Outputs);
        Put("expert_count", experts.Each.Length);
        Put("expert_used_count", experts.Chosen);
        if (experts.Shared is { } shared)
            Put("expert_shared_feed_forward_length", shared.Up.Outputs);
    }

    private void PutRotary(Blueprint blueprint)
    {
        if (GgufShape.RotaryOf(blueprint) is not { } rotary)
            return;
        Put("rope.dimension_count", rotary.Size);
        Put("rope.freq_base", rotary.Theta);
        if (GgufShape.WindowedRotaryOf(blueprint) is { } windowed && windowed.Theta != rotary.Theta)
            Put("rope.freq_base_swa", windowed.Theta);
        switch (rotary.Scaling)
        {
            case LinearRotary linear:
                Put("rope.scaling.type", "linear");
                Put("rope.scaling.factor", linear.Factor);
                break;
            case YarnRotary yarn:
                Put("rope.scaling.type", "yarn");
                Put("rope.scaling.factor", yarn.Factor);
                Put("rope.scaling.original_context_length", yarn.Original);
                break;
            case LongRotary wide:
                Put("rope.scaling.attn_factor", wide.Attention);
                Put("rope.scaling.original_context_length", wide.Original);
                break;
        }
    }

    private void Put(string key, object value) => _keys.Add(($"{_architecture}.{key}", value));
}
