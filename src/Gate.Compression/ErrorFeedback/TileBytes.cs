using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression.ErrorFeedback;

/// <summary>A byte for every weight of a tile, a code or a mark: the bytes of a column are neighbours, as its values are in the tile.</summary>
/// <param name="tile">The tile.</param>
/// <param name="columns">Columns of the matrix.</param>
/// <param name="order">Column of the matrix at each position of the sweep, or null for their own order.</param>
internal sealed class TileBytes(SweptTile tile, int columns, int[]? order)
{
    private const int Height = SweptTile.Height;

    private readonly byte[] _values = new byte[(tile.End - tile.Start) * Height];

    /// <summary>The bytes of a column.</summary>
    public Span<byte> Column(int column) => _values.AsSpan((column - tile.Start) * Height, Height);

    /// <summary>The bytes of a column, one in each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Lanes(int column) => ByteLanes.Load(ref MemoryMarshal.GetReference(Column(column)), 0);

    /// <summary>Replaces the bytes of a column by lanes of 0 to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int column, Vector512<int> lanes) => ByteLanes.Store(lanes, ref MemoryMarshal.GetReference(Column(column)));

    /// <summary>Takes the tile's bytes out of a row-major matrix.</summary>
    public void Load(ReadOnlySpan<byte> matrix) => Load(matrix, tile.Start);

    /// <summary>Takes the tile's bytes out of a row-major matrix, from a column on.</summary>
    public void Load(ReadOnlySpan<byte> matrix, int start)
    {
        for (int row = 0; row < tile.Rows; row++)
        {
            ReadOnlySpan<byte> line = matrix.Slice((tile.FirstRow + row) * columns, columns);
            for (int position = start, at = ((start - tile.Start) * Height) + row; position < tile.End; position++, at += Height)
                _values[at] = line[order is null ? position : order[position]];
        }
    }

    /// <summary>Puts the tile's bytes into a row-major matrix.</summary>
    public void Store(Span<byte> matrix)
    {
        for (int row = 0; row < tile.Rows; row++)
        {
            Span<byte> line = matrix.Slice((tile.FirstRow + row) * columns, columns);
            for (int position = tile.Start, at = row; position < tile.End; position++, at += Height)
                line[order is null ? position : order[position]] = _values[at];
        }
    }
}
