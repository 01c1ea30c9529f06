namespace Gate.Models.Blueprints;

/// <summary>What a linear layer does in its block; the granularity of compression scopes.</summary>
public enum LinearRole
{
    /// <summary>Attention query projection.</summary>
    AttentionQuery,

    /// <summary>Attention key projection.</summary>
    AttentionKey,

    /// <summary>Attention value projection.</summary>
    AttentionValue,

    /// <summary>Attention output projection.</summary>
    AttentionOutput,

    /// <summary>Feed-forward gate projection.</summary>
    FeedForwardGate,

    /// <summary>Feed-forward up projection (or the only first projection).</summary>
    FeedForwardUp,

    /// <summary>Feed-forward down projection.</summary>
    FeedForwardDown,

    /// <summary>The projection to the vocabulary.</summary>
    FinalDense,

    /// <summary>Query, key and value projection in one matrix.</summary>
    AttentionQueryKeyValue,

    /// <summary>Feed-forward gate and up projection in one matrix.</summary>
    FeedForwardGateUp,

    /// <summary>The layer that chooses experts, or weighs a shared one; never compressed.</summary>
    Router,

    /// <summary>A projection between the width of the embedding and that of the blocks; never compressed.</summary>
    EmbeddingProjection,

    /// <summary>The layer before the projection to the vocabulary; never compressed.</summary>
    HeadTransform,
}
