namespace Gate.Models.Inference.Engine;

/// <summary>The arithmetic of causal grouped-query attention.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads; query head h reads h / (Heads / KeyValueHeads).</param>
/// <param name="HeadSize">Values per head.</param>
/// <param name="Scale">What scores are multiplied by, usually 1 / √HeadSize.</param>
/// <param name="Window">Tokens a token sees, itself included.</param>
internal readonly record struct AttentionShape(int Heads, int KeyValueHeads, int HeadSize, float Scale, int Window)
{
    /// <summary>The <see cref="Window"/> of full attention.</summary>
    public const int NoWindow = int.MaxValue;

    /// <summary>Width of all query heads.</summary>
    public int QueryWidth => Heads * HeadSize;

    /// <summary>Width of all key (or value) heads.</summary>
    public int KeyValueWidth => KeyValueHeads * HeadSize;
}
