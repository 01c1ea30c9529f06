using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>One block of a Llama-like decoder: its attention, then its feed-forward.</summary>
/// <param name="workspace">Shared with the other blocks of the engine.</param>
/// <param name="weights">The model's tensors.</param>
/// <param name="name">Module name of the block.</param>
/// <param name="storeLayer">Layer of the key/value store that is the block's own.</param>
internal sealed class LlamaBlock(LlamaWorkspace workspace, ModelWeights weights, string name, int storeLayer) : IResidualStep
{
    private readonly LlamaAttention _attention = new(workspace, weights, name, storeLayer);
    private readonly LlamaFeedForward _feedForward = new(workspace, weights, name);

    public void Run(RaggedBatch batch, DeviceMatrix stream, KeyValueStore store)
    {
        _attention.Run(batch, stream, store);
        _feedForward.Add(stream);
    }

    /// <summary>Lets every token attend; what it gathers is in <see cref="LlamaWorkspace.Attended"/>.</summary>
    public void Attend(RaggedBatch batch, DeviceMatrix stream, KeyValueStore store) => _attention.Attend(batch, stream, store);

    /// <summary>Adds the projected attention and the feed-forward to rows of the stream.</summary>
    /// <param name="attended">What attention gave for these rows.</param>
    /// <param name="stream">The rows, changed in place.</param>
    public void AddOutputs(DeviceMatrix attended, DeviceMatrix stream)
    {
        _attention.AddOutput(attended, stream);
        _feedForward.Add(stream);
    }
}
