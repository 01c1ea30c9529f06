using Gate.Models.Checkpoints;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>Qwen2 and Qwen2.5 (Yang et al. 2024): Llama with biases on query, key and value only.</summary>
internal sealed class Qwen2 : IArchitecture
{
    public string Family => "qwen2";

    public TensorLayout Describe(ModelConfiguration configuration) => LlamaTensors.Of(Settings(configuration));

    public string Arithmetic(ModelConfiguration configuration) => Settings(configuration).ToString();

    public IDecoder Build(ModelConfiguration configuration, ModelWeights weights, IComputeEngine engine) =>
        new LlamaDecoder(Settings(configuration), weights, engine);

    public IBlockSequence TakeApart(ModelConfiguration configuration) => new LlamaBlocks(Settings(configuration));

    private static LlamaSettings Settings(ModelConfiguration configuration)
    {
        if (configuration.GetBoolean("use_sliding_window", false))
            throw ConfigurationBounds.Unsupported(configuration, "use_sliding_window", "true", "false (windows on a part of the layers are not supported)");
        return LlamaSettings.Read(configuration) with { InputBias = true };
    }
}
