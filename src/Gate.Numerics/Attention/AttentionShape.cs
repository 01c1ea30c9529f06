namespace Gate.Numerics.Attention;

/// <summary>What one head looks at, and how its scores are formed.</summary>
public readonly record struct AttentionShape
{
    /// <summary>Elements of a query and of a key.</summary>
    public required int HeadDimension { get; init; }

    /// <summary>Elements of a value and of the result; <see cref="HeadDimension"/> unless set.</summary>
    public int ValueDimension { get => field == 0 ? HeadDimension : field; init; }

    /// <summary>Elements from one position's keys to the next (key/value heads × head dimension).</summary>
    public required int KeyStride { get; init; }

    /// <summary>Elements from one position's values to the next.</summary>
    public required int ValueStride { get; init; }

    /// <summary>Elements before this head's part in a row of keys.</summary>
    public required int KeyOffset { get; init; }

    /// <summary>Elements before this head's part in a row of values.</summary>
    public required int ValueOffset { get; init; }

    /// <summary>Factor on every dot product, usually 1/√(head dimension).</summary>
    public required float Scale { get; init; }

    /// <summary>Scores become cap · tanh(score / cap) (Gemma 2); 0 for none.</summary>
    public float SoftCap { get; init; }

    /// <summary>Slope of ALiBi: slope · (key position − query position) is added to the score (Press et al., 2022); 0 for none.</summary>
    public float AlibiSlope { get; init; }

    /// <summary>The query sees only that many positions towards each side that it sees at all, itself included; 0 for all.</summary>
    public int Window { get; init; }

    /// <summary>Whether a query sees the positions behind it, too.</summary>
    public bool TwoSided { get; init; }

    /// <summary>Values added to the scores by key position − query position, from −n to n (T5; Raffel et al., 2020); empty for none.</summary>
    public ReadOnlyMemory<float> PositionBias { get; init; }

    /// <summary>A score that takes part in the softmax and gives nothing (attention sinks; Xiao et al., 2024), or null.</summary>
    public float? Sink { get; init; }
}
