namespace Gate.Compression.ErrorFeedback;

/// <summary>Rounds the columns of one tile, all rows at once.</summary>
internal interface ITileRounding
{
    /// <summary>The values that the weights of a column get.</summary>
    /// <param name="column">Column, from left to right.</param>
    /// <param name="rounded">Receives <see cref="SweptTile.Height"/> values; those of rows that the matrix does not have are read by nobody.</param>
    void Round(int column, Span<double> rounded);

    /// <summary>Called behind the last column of the block.</summary>
    void End();
}
