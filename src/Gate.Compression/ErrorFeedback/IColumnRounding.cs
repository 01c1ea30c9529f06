namespace Gate.Compression.ErrorFeedback;

/// <summary>What a column sweep does to each weight: prune it, round it to a grid, or both. Rows are swept at the same time on several threads.</summary>
internal interface IColumnRounding
{
    /// <summary>Called before a block of columns is swept; every earlier block's errors are already in the weights.</summary>
    /// <param name="weights">All weights, row-major.</param>
    /// <param name="start">First column of the block.</param>
    /// <param name="end">Column after the block.</param>
    void BeginBlock(double[] weights, int start, int end);

    /// <summary>The value a weight gets.</summary>
    /// <param name="row">Row index.</param>
    /// <param name="column">Column, swept from left to right.</param>
    /// <param name="current">The row as it is now: done columns hold their values, those of the block their updated weights.</param>
    double Round(int row, int column, ReadOnlySpan<double> current);
}
