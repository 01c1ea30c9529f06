using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>A Llama-like decoder taken apart.</summary>
/// <param name="settings">Numbers and switches.</param>
internal sealed class LlamaBlocks(LlamaSettings settings) : IBlockSequence
{
    public int Count => settings.Layers;

    public int Width => settings.Hidden;

    public int MaximumLength => settings.Rotary.MaximumLength;

    public KeyValueShape KeyValueShape => new(1, settings.KeyValueWidth);

    public int LengthClass(int length) => settings.Rotary.Scaling.LengthClass(settings.Rotary, length);

    public IResidualStep UploadEmbedding(ModelWeights weights, IComputeEngine engine) => new LlamaEmbedding(weights, engine);

    public IResidualStep UploadBlock(int block, BlockPart part, ModelWeights weights, IComputeEngine engine)
    {
        LlamaWorkspace workspace = new(settings, engine);
        string name = LlamaTensors.Block(block);
        return part switch
        {
            BlockPart.Attention => new LlamaAttention(workspace, weights, name, storeLayer: 0),
            BlockPart.FeedForward => new LlamaFeedForward(workspace, weights, name),
            _ => new LlamaBlock(workspace, weights, name, storeLayer: 0),
        };
    }

    public IOutputStep UploadOutput(ModelWeights weights, IComputeEngine engine) => new LlamaOutput(new LlamaWorkspace(settings, engine), weights);
}
