namespace Gate.Models.Architectures;

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
}
