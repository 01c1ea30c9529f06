using System.Collections.Immutable;

namespace Gate.Models.Blueprints;

/// <summary>A table of learned positions that is added to the embedding.</summary>
/// <param name="Table">Name of the tensor.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Width">Values of a row.</param>
/// <param name="Offset">Row of position 0.</param>
internal sealed record LearnedPositions(string Table, int Rows, int Width, int Offset)
{
    /// <summary>Where positions count only other ids and this id takes the row before the first (RoBERTa's padding), that id; null otherwise.</summary>
    public int? PaddingId { get; init; }
}

/// <summary>What turns tokens into the first residual stream: norm(scale · row + type + position), projected.</summary>
/// <param name="Table">The table of tokens, of [rows, width].</param>
internal sealed record Embedding(Matrix Table)
{
    /// <summary>What rows are multiplied by.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Learned positions, or null. Of the width behind the projection where that differs, and then added behind it.</summary>
    public LearnedPositions? Positions { get; init; }

    /// <summary>A table of segment types, or null.</summary>
    public Matrix? Types { get; init; }

    /// <summary>Norm of the sum, or null.</summary>
    public Norm? Norm { get; init; }

    /// <summary>A projection to the width of the blocks, or null.</summary>
    public Linear? Projection { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public int Width => Projection?.Outputs ?? Table.Inputs;
}

/// <summary>An embedding, blocks of steps and a final norm.</summary>
/// <param name="Embedding">The embedding.</param>
/// <param name="Blocks">The blocks; one may stand several times (ALBERT's shared layers).</param>
/// <param name="FinalNorm">Norm behind the last block, or null.</param>
internal sealed record Stack(Embedding Embedding, ImmutableArray<ImmutableArray<Step>> Blocks, Norm? FinalNorm);

/// <summary>What turns the last residual stream into logits: cap(projection(scale · norm(activation(transform(x))))).</summary>
/// <param name="Projection">The projection to the vocabulary; its matrix is the embedding's table where both are tied.</param>
internal sealed record Head(Linear Projection)
{
    /// <summary>A layer before the projection, or null.</summary>
    public Linear? Transform { get; init; }

    /// <summary>Activation behind the transform, or null.</summary>
    public Activation? TransformActivation { get; init; }

    /// <summary>Norm behind the transform's activation, or null.</summary>
    public Norm? TransformNorm { get; init; }

    /// <summary>What the input of the projection is multiplied by.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Logits become cap · tanh(logit / cap); 0 for none.</summary>
    public float SoftCap { get; init; }
}
