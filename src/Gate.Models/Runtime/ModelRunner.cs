using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>A blueprint whose weights are on an engine.</summary>
internal sealed class ModelRunner
{
    private readonly StackRunner? _encoder, _decoder;
    private readonly PositionClasses _classes;

    /// <summary>Uploads all weights.</summary>
    public ModelRunner(Blueprint blueprint, ModelWeights weights, IComputeEngine engine)
    {
        Blueprint = blueprint;
        Workspace workspace = new(engine, weights);
        _classes = PositionClasses.Of(blueprint);
        _encoder = blueprint.Encoder is { } encoder ? new StackRunner(encoder, workspace) : null;
        _decoder = blueprint.Decoder is { } decoder ? new StackRunner(decoder, workspace) : null;
        Head = new HeadRunner(blueprint.Head, workspace);
    }

    /// <summary>The model.</summary>
    public Blueprint Blueprint { get; }

    /// <summary>The projection to the vocabulary.</summary>
    public HeadRunner Head { get; }

    /// <summary>Width of the logits.</summary>
    public int VocabularySize => Blueprint.Head.Projection.Outputs;

    /// <summary>Keys and values of the stack that is asked.</summary>
    public KeyValueShape StoreShape => (_decoder ?? _encoder!).StoreShape;

    /// <summary>Whether <see cref="LengthClass"/> is not the same for all lengths.</summary>
    public bool DependsOnLength => _classes.DependsOnLength;

    /// <summary>See <see cref="PositionClasses.Of(int)"/>.</summary>
    public int LengthClass(int length) => _classes.Of(length);

    /// <summary>Runs the stack that is asked: the decoder, or the encoder where there is none.</summary>
    /// <param name="context">The batch and its stores.</param>
    /// <param name="selected">Rows of the batch whose final state is wanted, ascending, or null for all.</param>
    /// <returns>One row for each, ready for <see cref="Head"/>; valid until the next call.</returns>
    public DeviceMatrix Run(BatchContext context, int[]? selected) => (_decoder ?? _encoder!).Run(context, selected);

    /// <summary>Lets the encoder read a batch and stores what the decoder's attention needs of it.</summary>
    /// <param name="batch">Whole sequences.</param>
    /// <param name="store">Scratch room for the encoder's own keys and values.</param>
    /// <param name="memory">Receives keys and values, in the rows of the batch's tokens.</param>
    public void Remember(RaggedBatch batch, KeyValueStore store, KeyValueStore memory) =>
        _decoder!.Remember(batch, _encoder!.Run(new BatchContext(batch, store), null), memory);

    /// <summary>What the encoder needs as scratch room.</summary>
    public KeyValueShape EncoderStoreShape => _encoder!.StoreShape;

    /// <summary>What a token that the encoder read is kept as.</summary>
    public KeyValueShape MemoryShape => _decoder!.MemoryShape;
}
