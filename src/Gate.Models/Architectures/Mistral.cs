using Gate.Models.Checkpoints;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>Mistral (Jiang et al. 2023): Llama without biases, attention limited to the last <c>sliding_window</c> tokens when that key is set.</summary>
internal sealed class Mistral : IArchitecture
{
    public string Family => "mistral";

    public TensorLayout Describe(ModelConfiguration configuration) => LlamaTensors.Of(Settings(configuration));

    public string Arithmetic(ModelConfiguration configuration) => Settings(configuration).ToString();

    public IDecoder Build(ModelConfiguration configuration, ModelWeights weights, IComputeEngine engine) =>
        new LlamaDecoder(Settings(configuration), weights, engine);

    public IBlockSequence TakeApart(ModelConfiguration configuration) => new LlamaBlocks(Settings(configuration));

    private static LlamaSettings Settings(ModelConfiguration configuration) => LlamaSettings.Read(configuration) with
    {
        Window = ConfigurationBounds.Get(configuration, "sliding_window", AttentionShape.NoWindow, int.MaxValue),
    };
}
