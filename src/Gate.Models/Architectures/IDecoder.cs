using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>A causal decoder whose weights are on an engine.</summary>
internal interface IDecoder
{
    /// <summary>Width of the logits.</summary>
    int VocabularySize { get; }

    /// <summary>The longest sequence it can see, in tokens.</summary>
    int MaximumLength { get; }

    /// <summary>What one token keeps for those after it.</summary>
    KeyValueShape KeyValueShape { get; }

    /// <summary>The projection to the vocabulary.</summary>
    LinearWeights Head { get; }

    /// <summary>
    /// A sequence's <em>length class</em>. Key/value rows may be shared between sequences of one class, and a sequence may grow over a cache only
    /// while its class stays the same. 0 for all lengths unless the position encoding depends on the length of the whole sequence (dynamic NTK).
    /// </summary>
    /// <param name="length">Tokens of the whole sequence.</param>
    int LengthClass(int length);

    /// <summary>Whether <see cref="LengthClass"/> is not the same for all lengths up to <see cref="MaximumLength"/>.</summary>
    bool DependsOnLength { get; }

    /// <summary>Runs the blocks over a batch, adds its rows to the key/value store, and returns the selected rows ready for <see cref="Head"/>.</summary>
    /// <param name="batch">Segments of one length class.</param>
    /// <param name="store">Rows of all ancestors; receives those of the batch.</param>
    /// <param name="selectedRows">Rows of the batch (indices into its token matrix) whose final state is wanted, ascending.</param>
    /// <returns>One row per selected row, after the final normalisation; valid until the next call.</returns>
    DeviceMatrix Forward(RaggedBatch batch, KeyValueStore store, ReadOnlySpan<int> selectedRows);
}
