using Gate.Models.Blueprints;

namespace Gate.Models.Families.Decoders;

/// <summary>OPT (Zhang et al., 2022): learned positions with two rows in front, ReLU, norms before or behind each module, and for one size projections
/// around the embedding.</summary>
internal static class Opt
{
    private const float Epsilon = 1e-5f;
    private const int PositionOffset = 2;

    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        c.Only("layer_norm_elementwise_affine", true);
        string prefix = names.Prefix("embed_tokens.weight", "model.decoder.", "decoder.");
        int width = c.Width("hidden_size"), heads = c.Width("num_attention_heads"), inner = c.Width("ffn_dim"), narrow = c.Width("word_embed_proj_dim", width);
        int positions = c.Tokens("max_position_embeddings");
        if (width % heads != 0)
            throw c.Unsupported("num_attention_heads", $"{heads}", $"a divisor of hidden_size ({width})");
        bool before = c.Flag("do_layer_norm_before", true), bias = c.Flag("enable_bias", true), finalNorm = before && !c.Flag("_remove_final_layer_norm");
        Activation activation = c.Activation("activation_function", "relu");
        Embedding embedding = Parts.Table($"{prefix}embed_tokens", c.Tokens("vocab_size"), narrow) with
        {
            Projection = narrow == width ? null : Parts.Layer($"{prefix}project_in", width, narrow, LinearRole.EmbeddingProjection),
            Positions = new($"{prefix}embed_positions.weight", positions + PositionOffset, width, PositionOffset),
        };
        Stack stack = new(
            embedding,
            Parts.Blocks(c.Layers("num_hidden_layers"), i =>
            {
                string block = $"{prefix}layers.{i}", attends = $"{block}.self_attn";
                Attention attention = Parts.MultiHead($"{attends}.q_proj", $"{attends}.k_proj", $"{attends}.v_proj", $"{attends}.out_proj", width, heads, bias);
                FeedForward feedForward = Parts.Plain($"{block}.fc1", $"{block}.fc2", width, inner, activation, bias);
                Norm first = Parts.Layer($"{block}.self_attn_layer_norm", width, Epsilon), second = Parts.Layer($"{block}.final_layer_norm", width, Epsilon);
                return before
                    ? [Step.PreNorm(first, attention), Step.PreNorm(second, feedForward)]
                    : [Step.PostNorm(attention, first), Step.PostNorm(feedForward, second)];
            }),
            finalNorm ? Parts.Layer($"{prefix}final_layer_norm", width, Epsilon) : null);
        var (head, copies) = Parts.HeadOf(embedding, c.Flag("tie_word_embeddings", true), "lm_head");
        head = head with { Transform = narrow == width ? null : Parts.Layer($"{prefix}project_out", narrow, width, LinearRole.HeadTransform) };
        return new Blueprint(c.ModelType, null, stack, head, positions) { Copies = copies };
    }
}
