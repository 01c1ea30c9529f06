using Gate.Models.Checkpoints;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>
/// Llama (Touvron et al. 2023; Llama 2 and 3): pre-RMSNorm, rotary positions, grouped-query attention, SwiGLU. <c>attention_bias</c> puts biases
/// on query, key, value and output; <c>mlp_bias</c> on all three feed-forward layers.
/// </summary>
internal sealed class Llama : IArchitecture
{
    public string Family => "llama";

    public TensorLayout Describe(ModelConfiguration configuration) => LlamaTensors.Of(Settings(configuration));

    public string Arithmetic(ModelConfiguration configuration) => Settings(configuration).ToString();

    public IDecoder Build(ModelConfiguration configuration, ModelWeights weights, IComputeEngine engine) =>
        new LlamaDecoder(Settings(configuration), weights, engine);

    public IBlockSequence TakeApart(ModelConfiguration configuration) => new LlamaBlocks(Settings(configuration));

    private static LlamaSettings Settings(ModelConfiguration configuration)
    {
        bool attentionBias = configuration.GetBoolean("attention_bias", false);
        return LlamaSettings.Read(configuration) with
        {
            InputBias = attentionBias,
            OutputBias = attentionBias,
            FeedForwardBias = configuration.GetBoolean("mlp_bias", false),
        };
    }
}
