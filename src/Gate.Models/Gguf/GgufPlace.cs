namespace Gate.Models.Gguf;

/// <summary>Where a tensor goes in a GGUF file.</summary>
/// <param name="Name">Its name there; one of several that the file holds in one tensor ends with its index in brackets.</param>
/// <param name="Order">The order of its rows there, or null when they keep theirs.</param>
public sealed record GgufPlace(string Name, RowOrder? Order = null)
{
    /// <summary>What is added to its values there: 1 where the model stores norms as the difference from 1 (Gemma).</summary>
    public float Offset { get; init; }

    /// <summary>Whether it is kept in binary32, as llama.cpp's converter keeps routers and tables of positions.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Whether a reader computes it rather than reading it where it lies.</summary>
    public bool IsDerived => Order is not null || Offset != 0;

    /// <summary>Which of the model's rows lies at a row of the file.</summary>
    public long ModelRow(long storedRow) => Order?.ModelRow(storedRow) ?? storedRow;

    /// <summary>Where a row of the model lies in the file.</summary>
    public long StoredRow(long modelRow) => Order?.StoredRow(modelRow) ?? modelRow;
}
