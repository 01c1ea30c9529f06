using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>
/// A decoder taken apart: its embedding, its blocks and its output can be uploaded and run one at a time, over a residual stream that the caller keeps between
/// them. The steps are those of <see cref="IDecoder"/>, bit for bit.
/// </summary>
internal interface IBlockSequence
{
    /// <summary>Number of blocks.</summary>
    int Count { get; }

    /// <summary>Width of the residual stream.</summary>
    int Width { get; }

    /// <summary>The longest sequence, in tokens.</summary>
    int MaximumLength { get; }

    /// <summary>What one token keeps for those after it in one block.</summary>
    KeyValueShape KeyValueShape { get; }

    /// <summary>See <see cref="IDecoder.LengthClass"/>.</summary>
    int LengthClass(int length);

    /// <summary>Uploads what turns tokens into the first residual stream.</summary>
    IResidualStep UploadEmbedding(ModelWeights weights, IComputeEngine engine);

    /// <summary>Uploads one block or a part of it; it keeps its keys and values in layer 0 of the store it is given.</summary>
    /// <param name="block">Index of the block.</param>
    /// <param name="part">What of it.</param>
    /// <param name="weights">The checked tensors of the model.</param>
    /// <param name="engine">Where to compute.</param>
    IResidualStep UploadBlock(int block, BlockPart part, ModelWeights weights, IComputeEngine engine);

    /// <summary>Uploads what turns the last residual stream into logits.</summary>
    IOutputStep UploadOutput(ModelWeights weights, IComputeEngine engine);
}
