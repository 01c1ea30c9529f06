using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression.ErrorFeedback;

/// <summary>
/// Sixteen rows of a block of columns on their way through a sweep, column after column: what happens to one column happens to all its rows at once. Rows beyond the last
/// are zeros that nothing reads.
/// </summary>
internal sealed class SweptTile
{
    /// <summary>Rows of a tile: two 512-bit vectors of binary64.</summary>
    public const int Height = 16;

    private readonly double[] _weights;
    private readonly int _columns;

    /// <summary>Takes a tile out of a matrix.</summary>
    /// <param name="weights">Row-major.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="firstRow">First row of the tile.</param>
    /// <param name="rows">Rows of the tile, at most <see cref="Height"/>.</param>
    /// <param name="start">First column of the block.</param>
    /// <param name="end">Column after the block.</param>
    public SweptTile(double[] weights, int columns, int firstRow, int rows, int start, int end)
    {
        (_weights, _columns, FirstRow, Rows, Start, End) = (weights, columns, firstRow, rows, start, end);
        Values = new double[(end - start) * Height];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> line = RowOf(row)[start..end];
            for (int column = 0; column < line.Length; column++)
                Values[(column * Height) + row] = line[column];
        }
    }

    /// <summary>Index of the first row in the matrix.</summary>
    public int FirstRow { get; }

    /// <summary>Rows of the matrix in the tile.</summary>
    public int Rows { get; }

    /// <summary>First column of the block.</summary>
    public int Start { get; }

    /// <summary>Column after the block.</summary>
    public int End { get; }

    /// <summary>All values, [columns of the block, <see cref="Height"/>].</summary>
    public double[] Values { get; }

    /// <summary>The rows' values in a column of the block: those of the first eight, and those of the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (Vector512<double> Low, Vector512<double> High) Column(int column)
    {
        ref double first = ref Values[(column - Start) * Height];
        return (Vector512.LoadUnsafe(ref first), Vector512.LoadUnsafe(ref first, Height / 2));
    }

    /// <summary>Copies a run of one row's values; beyond the block they lack the errors of the block.</summary>
    /// <param name="row">Index in the tile.</param>
    /// <param name="first">First column, in the block.</param>
    /// <param name="destination">Receives the values from there on.</param>
    public void CopyRow(int row, int first, Span<double> destination)
    {
        int inside = Math.Min(End - first, destination.Length);
        for (int i = 0; i < inside; i++)
            destination[i] = Values[((first + i - Start) * Height) + row];
        RowOf(row).Slice(first + inside, destination.Length - inside).CopyTo(destination[inside..]);
    }

    /// <summary>Puts the values back into the matrix.</summary>
    public void Store()
    {
        for (int row = 0; row < Rows; row++)
        {
            Span<double> line = RowOf(row)[Start..End];
            for (int column = 0; column < line.Length; column++)
                line[column] = Values[(column * Height) + row];
        }
    }

    private Span<double> RowOf(int row) => _weights.AsSpan((FirstRow + row) * _columns, _columns);
}
