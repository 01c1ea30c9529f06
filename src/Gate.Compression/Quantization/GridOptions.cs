namespace Gate.Compression.Quantization;

/// <summary>Which grid a group of weights gets.</summary>
/// <param name="Bits">Bits per weight, 2 to 8.</param>
/// <param name="Symmetric">Symmetric about 0, or a range from the smallest to the largest weight, widened to contain 0.</param>
public sealed record GridOptions(int Bits, bool Symmetric)
{
    /// <summary>The symmetric grid in use; <see cref="SymmetricRange.Reference"/> selects the reference's arithmetic for asymmetric grids too.</summary>
    public SymmetricRange Range { get; init; } = SymmetricRange.Restricted;

    /// <summary>Search for a narrower range, or null for the whole range.</summary>
    public GridClipping? Clipping { get; init; }

    /// <summary>Whether scales are rounded to binary16, the precision in which packed formats store them; otherwise binary32.</summary>
    public bool HalfScales { get; init; }

    /// <summary>Whether scales are rounded to bfloat16 instead, for formats that store them in the element format of the model.</summary>
    public bool BFloat16Scales { get; init; }

    /// <summary>
    /// Whether an asymmetric grid is stored as a scale and its minimum, −scale · zero, both in binary16. Scales then keep 7 significant bits, so that the
    /// minimum is exact for every zero code of 4 bits: 0 stays on the grid, and a reader's <c>scale · code + minimum</c> is <c>scale · (code − zero)</c>.
    /// </summary>
    public bool HasStoredMinimum { get; init; }

    /// <summary>What codes stand for; anything but integers is symmetric and has its own number of bits.</summary>
    public GridElements Elements { get; init; }

    /// <summary>The range of the whole matrix, contains 0, when all its groups share one scale; null when every group has its own.</summary>
    public (float Minimum, float Maximum)? WholeRange { get; init; }

    /// <summary>The largest unsigned code, 2^b − 1.</summary>
    public int MaximumCode => (1 << Bits) - 1;
}
