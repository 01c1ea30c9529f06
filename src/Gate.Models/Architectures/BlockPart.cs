namespace Gate.Models.Architectures;

/// <summary>A part of a transformer block that can run alone.</summary>
internal enum BlockPart
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>x += attention(norm(x)).</summary>
    Attention,

    /// <summary>x += feedForward(norm(x)), on the stream behind the attention.</summary>
    FeedForward,
}
