using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>A part of a decoder that sets or changes the residual stream: the embedding, or one block.</summary>
internal interface IResidualStep
{
    /// <summary>Runs over a batch.</summary>
    /// <param name="batch">Segments of one length class.</param>
    /// <param name="stream">One row for each token of the batch, changed in place.</param>
    /// <param name="store">Rows of all ancestors; receives those of the batch.</param>
    void Run(RaggedBatch batch, DeviceMatrix stream, KeyValueStore store);
}
