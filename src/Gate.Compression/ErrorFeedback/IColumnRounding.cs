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

    /// <summary>The values that the weights of a column get.</summary>
    /// <param name="tile">The rows as they are now: done columns hold their values, the rest of the block its updated weights.</param>
    /// <param name="column">Column, swept from left to right.</param>
    /// <param name="rounded">Receives one value for each row of the tile.</param>
    void Round(SweptTile tile, int column, Span<double> rounded);
}
