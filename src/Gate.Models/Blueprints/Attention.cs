namespace Gate.Models.Blueprints;

/// <summary>A part of a step that turns rows into rows.</summary>
internal abstract record Module;

/// <summary>What a token attends to.</summary>
internal enum Sees
{
    /// <summary>Itself and the tokens before it.</summary>
    Past,

    /// <summary>All tokens of its sequence.</summary>
    All,

    /// <summary>All tokens that the encoder read.</summary>
    Memory,
}

/// <summary>Multi-head attention (Vaswani et al., 2017), keys and values shared by groups of query heads (Ainslie et al., 2023).</summary>
/// <param name="Query">Query projection.</param>
/// <param name="Key">Key projection.</param>
/// <param name="Value">Value projection.</param>
/// <param name="Output">Output projection.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads; query head h reads h / (Heads / KeyValueHeads).</param>
/// <param name="HeadSize">Values per head.</param>
/// <param name="Scale">What scores are multiplied by, usually 1 / √HeadSize.</param>
internal sealed record Attention(
    Linear Query, Linear Key, Linear Value, Linear Output, int Heads, int KeyValueHeads, int HeadSize, float Scale) : Module
{
    /// <summary>The <see cref="Window"/> of full attention.</summary>
    public const int NoWindow = int.MaxValue;

    /// <summary>What a token attends to.</summary>
    public Sees Sees { get; init; }

    /// <summary>How scores depend on positions, or null when they do not.</summary>
    public Positions.Positions? Positions { get; init; }

    /// <summary>Tokens a token sees towards each side that it sees at all, itself included.</summary>
    public int Window { get; init; } = NoWindow;

    /// <summary>Scores become cap · tanh(score / cap); 0 for none.</summary>
    public float SoftCap { get; init; }

    /// <summary>Normalisation of the queries before positions, over heads or over all of them, or null.</summary>
    public Norm? QueryNorm { get; init; }

    /// <summary>Normalisation of the keys before positions, or null.</summary>
    public Norm? KeyNorm { get; init; }

    /// <summary>One learned score for each head that takes part in the softmax and gives nothing, or null.</summary>
    public Vector? Sinks { get; init; }

    /// <summary>Width of all query heads.</summary>
    public int QueryWidth => Heads * HeadSize;

    /// <summary>Width of all key (or value) heads.</summary>
    public int KeyValueWidth => KeyValueHeads * HeadSize;
}
