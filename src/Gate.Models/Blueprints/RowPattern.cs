namespace Gate.Models.Blueprints;

/// <summary>Which rows of a matrix belong to one of the layers fused in it: of every <paramref name="Period"/> rows, <paramref name="Count"/> from
/// <paramref name="First"/> on.</summary>
/// <param name="First">First row within a period.</param>
/// <param name="Count">Rows of a period.</param>
/// <param name="Period">Rows from one run to the next.</param>
public sealed record RowPattern(int First, int Count, int Period)
{
    /// <summary>The row of the matrix that makes an output of the layer.</summary>
    /// <param name="output">Index among the layer's own outputs.</param>
    public int RowOf(int output) => (output / Count * Period) + First + (output % Count);

    /// <summary>The runs of rows within a matrix of so many rows, in order.</summary>
    internal IEnumerable<(int First, int Count)> Runs(int rows)
    {
        for (int start = First; start < rows; start += Period)
            yield return (start, Count);
    }
}
