using Gate.Models.Checkpoints;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>Qwen3 (Yang et al. 2025): Llama with an RMSNorm over each head of query and key before the rotation, and a head size of its own.</summary>
internal sealed class Qwen3 : IArchitecture
{
    // Qwen3 configurations that leave head_dim out mean 128, not hidden_size / num_attention_heads.
    private const int DefaultHeadSize = 128;

    public string Family => "qwen3";

    public TensorLayout Describe(ModelConfiguration configuration) => LlamaTensors.Of(Settings(configuration));

    public string Arithmetic(ModelConfiguration configuration) => Settings(configuration).ToString();

    public IDecoder Build(ModelConfiguration configuration, ModelWeights weights, IComputeEngine engine) =>
        new LlamaDecoder(Settings(configuration), weights, engine);

    public IBlockSequence TakeApart(ModelConfiguration configuration) => new LlamaBlocks(Settings(configuration));

    private static LlamaSettings Settings(ModelConfiguration configuration)
    {
        if (configuration.GetBoolean("use_sliding_window", false))
            throw ConfigurationBounds.Unsupported(configuration, "use_sliding_window", "true", "false (windows on a part of the layers are not supported)");
        bool attentionBias = configuration.GetBoolean("attention_bias", false);
        return LlamaSettings.Read(configuration, DefaultHeadSize) with
        {
            InputBias = attentionBias,
            OutputBias = attentionBias,
            HeadNorms = true,
        };
    }
}
