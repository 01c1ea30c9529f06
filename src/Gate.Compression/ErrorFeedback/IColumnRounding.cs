namespace Gate.Compression.ErrorFeedback;

/// <summary>What a column sweep does to each weight: prune it, round it to a grid, or both. Tiles of rows are swept at the same time on several threads.</summary>
internal interface IColumnRounding
{
    /// <summary>Sizes of groups: at every column that is a multiple of one, the whole group's values are looked at, and must have all errors of the columns before it.</summary>
    IReadOnlyList<int> LooksAhead { get; }

    /// <summary>Called before a block of columns is swept; every earlier block's errors are already in the weights.</summary>
    /// <param name="weights">All weights, row-major.</param>
    /// <param name="start">First column of the block.</param>
    /// <param name="end">Column after the block.</param>
    void BeginBlock(double[] weights, int start, int end);

    /// <summary>The rounding of a tile of the block.</summary>
    /// <param name="tile">The rows as they are whenever a column is rounded: done columns hold their values, the rest of the block its updated weights.</param>
    ITileRounding BeginTile(SweptTile tile);
}
