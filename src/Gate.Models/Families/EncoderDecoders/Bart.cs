using Gate.Models.Blueprints;

namespace Gate.Models.Families.EncoderDecoders;

/// <summary>BART (Lewis et al., 2020): learned positions with two rows in front, a norm behind the embedding, norms behind each module, biases on the logits.</summary>
internal static class Bart
{
    private const float Epsilon = 1e-5f;
    private const int PositionOffset = 2;

    /// <summary>Reads a configuration.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        c.Only("normalize_before", false);
        c.Only("add_final_layer_norm", false);
        c.Only("normalize_embedding", true);
        string prefix = names.Prefix("shared.weight", "model.", "");
        int width = c.Width("d_model"), positions = c.Tokens("max_position_embeddings"), vocabulary = c.Tokens("vocab_size");
        Activation activation = c.Activation("activation_function", "gelu");
        float scale = c.Flag("scale_embedding") ? MathF.Sqrt(width) : 1;
        c.Only("tie_word_embeddings", true);
        Stack Side(string side, bool decodes)
        {
            int heads = c.Width($"{side}_attention_heads"), inner = c.Width($"{side}_ffn_dim");
            if (width % heads != 0)
                throw c.Unsupported($"{side}_attention_heads", $"{heads}", $"a divisor of d_model ({width})");
            Embedding embedding = Parts.Table($"{prefix}shared", vocabulary, width) with
            {
                Scale = scale,
                Positions = new($"{prefix}{side}.embed_positions.weight", positions + PositionOffset, width, PositionOffset),
                Norm = Parts.Layer($"{prefix}{side}.layernorm_embedding", width, Epsilon),
            };
            return new Stack(
                embedding,
                Parts.Blocks(c.Layers($"{side}_layers"), i =>
                {
                    string layer = $"{prefix}{side}.layers.{i}";
                    Step Attend(string module, Sees sees) => Step.PostNorm(
                        Parts.MultiHead($"{layer}.{module}.q_proj", $"{layer}.{module}.k_proj", $"{layer}.{module}.v_proj", $"{layer}.{module}.out_proj", width, heads) with { Sees = sees },
                        Parts.Layer($"{layer}.{module}_layer_norm", width, Epsilon));
                    Step self = Attend("self_attn", decodes ? Sees.Past : Sees.All);
                    Step feed = Step.PostNorm(
                        Parts.Plain($"{layer}.fc1", $"{layer}.fc2", width, inner, activation), Parts.Layer($"{layer}.final_layer_norm", width, Epsilon));
                    return decodes ? [self, Attend("encoder_attn", Sees.Memory), feed] : [self, feed];
                }),
                null);
        }

        Stack encoder = Side("encoder", false), decoder = Side("decoder", true);
        string table = encoder.Embedding.Table.Tensor;
        Head head = Parts.Tied(decoder.Embedding, new Vector("final_logits_bias", vocabulary) { IsRow = true });
        return new Blueprint(c.ModelType, encoder, decoder, head, positions)
        {
            Copies = [new($"{prefix}encoder.embed_tokens.weight", table), new($"{prefix}decoder.embed_tokens.weight", table), new("lm_head.weight", table)],
            DecoderStartId = c.TokenId("decoder_start_token_id") ?? c.TokenId("eos_token_id") ?? 2,
        };
    }
}
