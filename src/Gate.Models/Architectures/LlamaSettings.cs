using Gate.Models.Architectures.Positions;
using Gate.Models.Checkpoints;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>The numbers and switches of a Llama-like decoder.</summary>
/// <param name="Vocabulary">Rows of the embedding, width of the logits.</param>
/// <param name="Hidden">Width of the residual stream.</param>
/// <param name="Intermediate">Width inside the feed-forward.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads; query head h reads key/value head h / (Heads / KeyValueHeads).</param>
/// <param name="HeadSize">Values per head.</param>
/// <param name="Epsilon">Added to the mean square in RMSNorm.</param>
/// <param name="TiedHead">Whether the embedding is the projection to the vocabulary.</param>
/// <param name="Rotary">Rotary positions.</param>
internal sealed record LlamaSettings(
    int Vocabulary, int Hidden, int Intermediate, int Layers, int Heads, int KeyValueHeads, int HeadSize, float Epsilon, bool TiedHead,
    RotarySettings Rotary)
{
    private const int Absent = int.MinValue;

    /// <summary>Biases on query, key and value.</summary>
    public bool InputBias { get; init; }

    /// <summary>Bias on the attention output.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Biases on gate, up and down.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>RMSNorm over each head of query and key.</summary>
    public bool HeadNorms { get; init; }

    /// <summary>Tokens a token sees, itself included.</summary>
    public int Window { get; init; } = AttentionShape.NoWindow;

    /// <summary>Width of all query heads.</summary>
    public int QueryWidth => Heads * HeadSize;

    /// <summary>Width of all key (or value) heads.</summary>
    public int KeyValueWidth => KeyValueHeads * HeadSize;

    /// <summary>Reads what all Llama-like families share; the switches stay off.</summary>
    /// <param name="configuration">The model's configuration.</param>
    /// <param name="defaultHeadSize">Head size when <c>head_dim</c> is absent; null for hidden_size / num_attention_heads.</param>
    public static LlamaSettings Read(ModelConfiguration configuration, int? defaultHeadSize = null)
    {
        int hidden = ConfigurationBounds.Require(configuration, "hidden_size", ConfigurationBounds.MaximumWidth);
        int heads = ConfigurationBounds.Require(configuration, "num_attention_heads", ConfigurationBounds.MaximumWidth);
        int keyValueHeads = ConfigurationBounds.Get(configuration, "num_key_value_heads", heads, heads);
        if (heads % keyValueHeads != 0)
        {
            throw ConfigurationBounds.Unsupported(
                configuration, "num_key_value_heads", $"{keyValueHeads}", $"a divisor of num_attention_heads ({heads})");
        }

        int headSize = ReadHeadSize(configuration, hidden, heads, defaultHeadSize);
        if (configuration.GetString("hidden_act") is { } activation && activation is not ("silu" or "swish"))
            throw ConfigurationBounds.Unsupported(configuration, "hidden_act", $"'{activation}'", "'silu'");

        return new LlamaSettings(
            ConfigurationBounds.Require(configuration, "vocab_size", ConfigurationBounds.MaximumTokens),
            hidden,
            ConfigurationBounds.Require(configuration, "intermediate_size", ConfigurationBounds.MaximumWidth),
            ConfigurationBounds.Require(configuration, "num_hidden_layers", ConfigurationBounds.MaximumLayers),
            heads,
            keyValueHeads,
            headSize,
            (float)ConfigurationBounds.GetPositive(configuration, "rms_norm_eps", 1e-6),
            configuration.GetBoolean("tie_word_embeddings", false),
            RotarySettings.Read(configuration, headSize));
    }

    private static int ReadHeadSize(ModelConfiguration configuration, int hidden, int heads, int? defaultHeadSize)
    {
        int given = configuration.GetInt32("head_dim", Absent);
        int headSize = given == Absent ? defaultHeadSize ?? hidden / heads : given;
        if (given == Absent && defaultHeadSize is null && hidden % heads != 0)
        {
            throw ConfigurationBounds.Unsupported(
                configuration, "num_attention_heads", $"{heads}", $"a divisor of hidden_size ({hidden}), because head_dim is not given");
        }

        if (headSize < 2 || headSize % 2 != 0 || (long)headSize * heads > ConfigurationBounds.MaximumWidth)
        {
            throw ConfigurationBounds.Unsupported(
                configuration, "head_dim", $"{headSize}", $"an even number from 2, at most {ConfigurationBounds.MaximumWidth} over all {heads} heads");
        }

        return headSize;
    }
}
