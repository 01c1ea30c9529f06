using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>The first residual stream of Llama-like decoders: the rows of the embedding table.</summary>
internal sealed class LlamaEmbedding(ModelWeights weights, IComputeEngine engine) : IResidualStep
{
    private readonly EmbeddingTable _table = engine.UploadEmbedding(weights.Matrix(LlamaTensors.Embedding));

    public void Run(RaggedBatch batch, DeviceMatrix stream, KeyValueStore store) => engine.Embed(_table, batch.Tokens, stream);
}
