using System.Collections.Immutable;
using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Families.Decoders;

/// <summary>The numbers that decoders share whose tensors are named as Llama's are, and the parts they make.</summary>
/// <param name="Vocabulary">Rows of the embedding, width of the logits.</param>
/// <param name="Hidden">Width of the residual stream.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads.</param>
/// <param name="HeadSize">Values per head.</param>
/// <param name="Prefix">What names of tensors begin with.</param>
/// <param name="HeadModule">Module of the projection to the vocabulary.</param>
internal sealed record DecoderNumbers(int Vocabulary, int Hidden, int Layers, int Heads, int KeyValueHeads, int HeadSize, string Prefix, string HeadModule)
{
    /// <summary>Tensors of other modalities, and of prediction heads for later tokens, that a checkpoint may hold beside the text model.</summary>
    public static readonly ImmutableArray<string> OtherModalities =
        ["vision_tower.", "vision_model.", "model.vision_tower.", "visual.", "model.visual.", "multi_modal_projector.", "model.multi_modal_projector.", "audio_tower.", "mtp."];

    /// <summary>Reads them.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="names">Names present.</param>
    /// <param name="defaultHeadSize">Head size where <c>head_dim</c> is absent; null for hidden_size / num_attention_heads.</param>
    /// <param name="defaultKeyValueHeads">Key/value heads where the key is absent; null for as many as query heads.</param>
    public static DecoderNumbers Read(FamilyConfiguration configuration, TensorNames names, int? defaultHeadSize = null, int? defaultKeyValueHeads = null)
    {
        int hidden = configuration.Width("hidden_size"), heads = configuration.Width("num_attention_heads");
        int keyValueHeads = configuration.Width("num_key_value_heads", defaultKeyValueHeads ?? heads);
        if (keyValueHeads > heads || heads % keyValueHeads != 0)
            throw configuration.Unsupported("num_key_value_heads", $"{keyValueHeads}", $"a divisor of num_attention_heads ({heads})");
        configuration.Only("is_causal", true);
        string prefix = names.Prefix("embed_tokens.weight", "model.", "language_model.model.", "model.language_model.", "");
        return new DecoderNumbers(
            configuration.Tokens("vocab_size"), hidden, configuration.Layers("num_hidden_layers"), heads, keyValueHeads,
            ReadHeadSize(configuration, hidden, heads, defaultHeadSize), prefix, prefix.StartsWith("language_model.", StringComparison.Ordinal) ? "language_model.lm_head" : "lm_head");
    }

    /// <summary>The embedding.</summary>
    public Embedding Embedding => Parts.Table($"{Prefix}embed_tokens", Vocabulary, Hidden);

    /// <summary>The module of a block.</summary>
    public string Block(int index) => $"{Prefix}layers.{index}";

    /// <summary>Grouped-query attention.</summary>
    /// <param name="module">Its module.</param>
    /// <param name="positions">Positions, or null for none.</param>
    /// <param name="inputBias">Whether query, key and value have biases.</param>
    /// <param name="outputBias">Whether the output has one.</param>
    /// <param name="output">Name of the output projection.</param>
    public Attention Attention(string module, Positions? positions, bool inputBias = false, bool outputBias = false, string output = "o_proj") => new(
        Parts.Layer($"{module}.q_proj", Heads * HeadSize, Hidden, LinearRole.AttentionQuery, inputBias),
        Parts.Layer($"{module}.k_proj", KeyValueHeads * HeadSize, Hidden, LinearRole.AttentionKey, inputBias),
        Parts.Layer($"{module}.v_proj", KeyValueHeads * HeadSize, Hidden, LinearRole.AttentionValue, inputBias),
        Parts.Layer($"{module}.{output}", Hidden, Heads * HeadSize, LinearRole.AttentionOutput, outputBias),
        Heads, KeyValueHeads, HeadSize, Parts.RootScale(HeadSize))
    {
        Positions = positions,
    };

    /// <summary>A gated feed-forward.</summary>
    /// <param name="module">Its module.</param>
    /// <param name="inner">Width inside.</param>
    /// <param name="activation">The activation.</param>
    /// <param name="bias">Whether all three have biases.</param>
    public FeedForward Gated(string module, int inner, Activation activation, bool bias = false) =>
        Parts.Gated($"{module}.gate_proj", $"{module}.up_proj", $"{module}.down_proj", Hidden, inner, activation, bias);

    /// <summary>The decoder.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="embedding">The embedding.</param>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="finalNorm">Norm behind the last.</param>
    /// <param name="maximumLength">The longest sequence.</param>
    /// <param name="tied">Whether the head is the embedding where <c>tie_word_embeddings</c> is absent.</param>
    /// <param name="headBias">Whether the head has a bias.</param>
    public Blueprint Decoder(
        FamilyConfiguration configuration, Embedding embedding, ImmutableArray<ImmutableArray<Step>> blocks, Norm finalNorm, int maximumLength, bool tied = false,
        bool headBias = false)
    {
        (Head head, ImmutableArray<TensorCopy> copies) = Parts.HeadOf(embedding, configuration.Flag("tie_word_embeddings", tied), HeadModule, headBias);
        return new Blueprint(configuration.ModelType, null, new Stack(embedding, blocks, finalNorm), head, maximumLength)
        {
            Copies = copies,
            Tolerated = [".rotary_emb.inv_freq"],
            LeftAlone = OtherModalities,
        };
    }

    private static int ReadHeadSize(FamilyConfiguration configuration, int hidden, int heads, int? defaultHeadSize)
    {
        const int Absent = int.MinValue;
        int given = configuration.Integer("head_dim", Absent), headSize = given == Absent ? defaultHeadSize ?? hidden / heads : given;
        if (given == Absent && defaultHeadSize is null && hidden % heads != 0)
            throw configuration.Unsupported("num_attention_heads", $"{heads}", $"a divisor of hidden_size ({hidden}), because head_dim is not given");
        if (headSize < 2 || headSize % 2 != 0 || (long)headSize * heads > FamilyConfiguration.MaximumWidth)
        {
            throw configuration.Unsupported(
                "head_dim", $"{headSize}", $"an even number from 2, at most {FamilyConfiguration.MaximumWidth} over all {heads} heads");
        }

        return headSize;
    }
}
