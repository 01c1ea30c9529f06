namespace Gate.Compression.Quantization;

/// <summary>Settings of GPTQ; the order of columns and the damping belong to the factor.</summary>
/// <param name="Grid">Which grid.</param>
public sealed record GptqOptions(GridOptions Grid)
{
    /// <summary>Columns that share a grid, in the order of the sweep unless <see cref="StaticGroups"/>; null for one grid per row, fitted to the
    /// original weights. The last group may be shorter.</summary>
    public int? GroupSize { get; init; }

    /// <summary>Whether all grids are fitted before the sweep, to original weights and groups of neighbouring original columns.</summary>
    public bool StaticGroups { get; init; }

    /// <summary>Columns of a block of lazy updates.</summary>
    public int BlockSize { get; init; } = 128;

    /// <summary>
    /// Whether blocks are cut and grids fitted exactly as the reference does: a group inside a block is fitted to weights without the block's own
    /// updates. Otherwise every grid sees all updates, whatever the block size.
    /// </summary>
    public bool ReferenceGroups { get; init; }
}
