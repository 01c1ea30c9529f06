using System.Collections.Immutable;
using Gate.Models.Blueprints;

namespace Gate.Models.Families.Encoders;

/// <summary>
/// BERT (Devlin et al., 2019) as a masked language model, and what is BERT with other names: RoBERTa, XLM-RoBERTa and CamemBERT (positions counted behind
/// padding), ELECTRA's generator (a narrower embedding), DistilBERT (no segment types), ALBERT (shared layers).
/// </summary>
internal static class Bert
{
    private const string TokensLast = ".position_ids";

    /// <summary>BERT; old files spell norms gamma and beta.</summary>
    public static Blueprint Read(FamilyConfiguration c, TensorNames names)
    {
        string prefix = names.Prefix("embeddings.word_embeddings.weight", "bert.", "");
        int width = Width(c), rows = c.Tokens("max_position_embeddings");
        float epsilon = Epsilon(c);
        Norm Norm(string module) => new(
            NormKind.Layer, new Vector(names.First($"{module}.weight", $"{module}.gamma"), width), new Vector(names.First($"{module}.bias", $"{module}.beta"), width), epsilon);
        Embedding embedding = Embedding(c, $"{prefix}embeddings", width, rows, 0) with { Norm = Norm($"{prefix}embeddings.LayerNorm") };
        Head head = Parts.Tied(embedding, new Vector("cls.predictions.bias", embedding.Table.Outputs)) with
        {
            Transform = Parts.Layer("cls.predictions.transform.dense", width, width, LinearRole.HeadTransform, bias: true),
            TransformActivation = Activation(c),
            TransformNorm = Norm("cls.predictions.transform.LayerNorm"),
        };
        return Masked(
            c, new Stack(embedding, Layers(c, $"{prefix}encoder", width, Norm), null), head, rows,
            [new("cls.predictions.decoder.weight", embedding.Table.Tensor), new("cls.predictions.decoder.bias", "cls.predictions.bias")],
            "pooler.dense.weight", "pooler.dense.bias", "cls.seq_relationship.weight", "cls.seq_relationship.bias");
    }

    /// <summary>RoBERTa (Liu et al., 2019) and its kin: position 0 is the row behind that of padding.</summary>
    public static Blueprint Roberta(FamilyConfiguration c, TensorNames names)
    {
        string prefix = names.Prefix("embeddings.word_embeddings.weight", "roberta.", "");
        int width = Width(c), rows = c.Tokens("max_position_embeddings"), padding = c.Integer("pad_token_id", 1);
        float epsilon = Epsilon(c);
        Embedding embedding = Embedding(c, $"{prefix}embeddings", width, rows, padding + 1);
        embedding = embedding with
        {
            Positions = embedding.Positions! with { PaddingId = padding },
            Norm = Parts.Layer($"{prefix}embeddings.LayerNorm", width, epsilon),
        };
        Head head = Parts.Tied(embedding, new Vector("lm_head.bias", embedding.Table.Outputs)) with
        {
            Transform = Parts.Layer("lm_head.dense", width, width, LinearRole.HeadTransform, bias: true),
            TransformActivation = Blueprints.Activation.Gelu,
            TransformNorm = Parts.Layer("lm_head.layer_norm", width, epsilon),
        };
        return Masked(
            c, new Stack(embedding, Layers(c, $"{prefix}encoder", width, module => Parts.Layer(module, width, epsilon)), null), head, rows - padding - 1,
            [new("lm_head.decoder.weight", embedding.Table.Tensor), new("lm_head.decoder.bias", "lm_head.bias")], "pooler.dense.weight", "pooler.dense.bias");
    }

    /// <summary>The generator of ELECTRA (Clark et al., 2020).</summary>
    public static Blueprint Electra(FamilyConfiguration c, TensorNames names)
    {
        string prefix = names.Prefix("embeddings.word_embeddings.weight", "electra.", "");
        int width = Width(c), narrow = c.Width("embedding_size", 128), rows = c.Tokens("max_position_embeddings");
        float epsilon = Epsilon(c);
        Embedding embedding = Embedding(c, $"{prefix}embeddings", narrow, rows, 0) with
        {
            Norm = Parts.Layer($"{prefix}embeddings.LayerNorm", narrow, epsilon),
            Projection = narrow == width ? null : Parts.Layer($"{prefix}embeddings_project", width, narrow, LinearRole.EmbeddingProjection, bias: true),
        };
        Head head = Parts.Tied(embedding, new Vector("generator_lm_head.bias", embedding.Table.Outputs)) with
        {
            Transform = Parts.Layer("generator_predictions.dense", narrow, width, LinearRole.HeadTransform, bias: true),
            TransformActivation = Blueprints.Activation.Gelu,
            TransformNorm = Parts.Layer("generator_predictions.LayerNorm", narrow, epsilon),
        };
        return Masked(
            c, new Stack(embedding, Layers(c, $"{prefix}encoder", width, module => Parts.Layer(module, width, epsilon)), null), head, rows,
            [new("generator_lm_head.weight", embedding.Table.Tensor)]);
    }

    /// <summary>DistilBERT (Sanh et al., 2019).</summary>
    public static Blueprint Distil(FamilyConfiguration c, TensorNames names)
    {
        const float Epsilon = 1e-12f;
        string prefix = names.Prefix("embeddings.word_embeddings.weight", "distilbert.", "");
        int width = c.Width("dim"), heads = c.Width("n_heads"), inner = c.Width("hidden_dim"), rows = c.Tokens("max_position_embeddings");
        RequireHeads(c, "n_heads", heads, width);
        _ = c.Flag("sinusoidal_pos_embds");
        Activation activation = c.Activation("activation", "gelu");
        Embedding embedding = Parts.Table($"{prefix}embeddings.word_embeddings", c.Tokens("vocab_size"), width) with
        {
            Positions = new($"{prefix}embeddings.position_embeddings.weight", rows, width, 0),
            Norm = Parts.Layer($"{prefix}embeddings.LayerNorm", width, Epsilon),
        };
        Head head = Parts.Tied(embedding, new Vector("vocab_projector.bias", embedding.Table.Outputs)) with
        {
            Transform = Parts.Layer("vocab_transform", width, width, LinearRole.HeadTransform, bias: true),
            TransformActivation = activation,
            TransformNorm = Parts.Layer("vocab_layer_norm", width, Epsilon),
        };
        Stack stack = new(
            embedding,
            Parts.Blocks(c.Layers("n_layers"), i =>
            {
                string layer = $"{prefix}transformer.layer.{i}", attends = $"{layer}.attention";
                return Post(
                    Parts.MultiHead($"{attends}.q_lin", $"{attends}.k_lin", $"{attends}.v_lin", $"{attends}.out_lin", width, heads),
                    Parts.Layer($"{layer}.sa_layer_norm", width, Epsilon),
                    Parts.Plain($"{layer}.ffn.lin1", $"{layer}.ffn.lin2", width, inner, activation), Parts.Layer($"{layer}.output_layer_norm", width, Epsilon));
            }),
            null);
        return Masked(c, stack, head, rows, [new("vocab_projector.weight", embedding.Table.Tensor)]);
    }

    /// <summary>ALBERT (Lan et al., 2020): groups of layers that are used again and again.</summary>
    public static Blueprint Albert(FamilyConfiguration c, TensorNames names)
    {
        string prefix = names.Prefix("embeddings.word_embeddings.weight", "albert.", "");
        int width = Width(c), narrow = c.Width("embedding_size"), heads = c.Width("num_attention_heads"), inner = c.Width("intermediate_size");
        int layers = c.Layers("num_hidden_layers"), groups = c.Layers("num_hidden_groups", 1), each = c.Layers("inner_group_num", 1), rows = c.Tokens("max_position_embeddings");
        RequireHeads(c, "num_attention_heads", heads, width);
        if (groups > layers)
            throw c.Unsupported("num_hidden_groups", $"{groups}", $"at most num_hidden_layers ({layers})");
        float epsilon = Epsilon(c);
        Activation activation = Activation(c, "gelu_new");
        Embedding embedding = Embedding(c, $"{prefix}embeddings", narrow, rows, 0) with
        {
            Norm = Parts.Layer($"{prefix}embeddings.LayerNorm", narrow, epsilon),
            Projection = Parts.Layer($"{prefix}encoder.embedding_hidden_mapping_in", width, narrow, LinearRole.EmbeddingProjection, bias: true),
        };
        Head head = Parts.Tied(embedding, new Vector("predictions.bias", embedding.Table.Outputs)) with
        {
            Transform = Parts.Layer("predictions.dense", narrow, width, LinearRole.HeadTransform, bias: true),
            TransformActivation = activation,
            TransformNorm = Parts.Layer("predictions.LayerNorm", narrow, epsilon),
        };
        Stack stack = new(
            embedding,
            Parts.Blocks(layers * each, i =>
            {
                int group = (int)(i / each / ((double)layers / groups));
                string layer = $"{prefix}encoder.albert_layer_groups.{group}.albert_layers.{i % each}", attends = $"{layer}.attention";
                return Post(
                    Parts.MultiHead($"{attends}.query", $"{attends}.key", $"{attends}.value", $"{attends}.dense", width, heads),
                    Parts.Layer($"{attends}.LayerNorm", width, epsilon),
                    Parts.Plain($"{layer}.ffn", $"{layer}.ffn_output", width, inner, activation), Parts.Layer($"{layer}.full_layer_layer_norm", width, epsilon));
            }),
            null);
        return Masked(
            c, stack, head, rows, [new("predictions.decoder.weight", embedding.Table.Tensor), new("predictions.decoder.bias", "predictions.bias")],
            "albert.pooler.weight", "albert.pooler.bias", "sop_classifier.classifier.weight", "sop_classifier.classifier.bias");
    }

    private static ImmutableArray<ImmutableArray<Step>> Layers(FamilyConfiguration c, string encoder, int width, Func<string, Norm> norm)
    {
        int heads = c.Width("num_attention_heads"), inner = c.Width("intermediate_size");
        RequireHeads(c, "num_attention_heads", heads, width);
        Activation activation = Activation(c);
        return Parts.Blocks(c.Layers("num_hidden_layers"), i =>
        {
            string layer = $"{encoder}.layer.{i}", attends = $"{layer}.attention";
            return Post(
                Parts.MultiHead($"{attends}.self.query", $"{attends}.self.key", $"{attends}.self.value", $"{attends}.output.dense", width, heads),
                norm($"{attends}.output.LayerNorm"),
                Parts.Plain($"{layer}.intermediate.dense", $"{layer}.output.dense", width, inner, activation), norm($"{layer}.output.LayerNorm"));
        });
    }

    private static ImmutableArray<Step> Post(Attention attention, Norm first, FeedForward feedForward, Norm second) =>
        [Step.PostNorm(attention with { Sees = Sees.All }, first), Step.PostNorm(feedForward, second)];

    private static Embedding Embedding(FamilyConfiguration c, string module, int width, int rows, int offset) =>
        Parts.Table($"{module}.word_embeddings", c.Tokens("vocab_size"), width) with
        {
            Positions = new($"{module}.position_embeddings.weight", rows, width, offset),
            Types = new Matrix($"{module}.token_type_embeddings", c.Width("type_vocab_size", 2), width),
        };

    private static Blueprint Masked(
        FamilyConfiguration c, Stack stack, Head head, int maximumLength, ImmutableArray<TensorCopy> copies, params ImmutableArray<string> tolerated)
    {
        c.Only("position_embedding_type", "absolute");
        c.Only("is_decoder", false);
        c.Only("add_cross_attention", false);
        c.Only("tie_word_embeddings", true);
        return new Blueprint(c.ModelType, stack, null, head, maximumLength) { Copies = copies, Tolerated = [TokensLast, .. tolerated] };
    }

    private static int Width(FamilyConfiguration c) => c.Width("hidden_size");

    private static float Epsilon(FamilyConfiguration c) => (float)c.Positive("layer_norm_eps", 1e-12);

    private static Activation Activation(FamilyConfiguration c, string fallback = "gelu") => c.Activation("hidden_act", fallback);

    private static void RequireHeads(FamilyConfiguration c, string key, int heads, int width)
    {
        if (width % heads != 0)
            throw c.Unsupported(key, $"{heads}", $"a divisor of the width ({width})");
    }
}
