using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gate.Numerics.Memory;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Moves rows of a matrix into panels.</summary>
internal static class PanelPacking
{
    /// <summary>
    /// Inputs moved for all outputs of a panel before going on: the destination, 48 lines of at most 192 bytes each, and one line of each
    /// source row stay in the first-level cache.
    /// </summary>
    private const int TileColumns = 32;

    /// <summary>Writes rows firstRow … firstRow + rows − 1.</summary>
    public static unsafe void Scatter<T>(ReadOnlySpan<T> source, AlignedBuffer<byte> data, PanelLayout layout, int firstRow, int rows)
        where T : unmanaged
    {
        T* panels = (T*)data.Pointer;
        int columns = layout.Columns, end = firstRow + rows;
        for (int row = firstRow; row < end;)
        {
            int panel = layout.PanelOf(row), width = layout.WidthOf(panel), lane = row - layout.FirstRowOf(panel);
            int lanes = Math.Min(width - lane, end - row);
            T* destination = panels + layout.OffsetOf(panel) + lane;
            fixed (T* from = &MemoryMarshal.GetReference(source))
                ScatterPanel(from + ((long)(row - firstRow) * columns), columns, lanes, destination, width);
            row += lanes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void ScatterPanel<T>(T* source, int columns, int lanes, T* destination, int width)
        where T : unmanaged
    {
        for (int start = 0; start < columns; start += TileColumns)
        {
            int stop = Math.Min(start + TileColumns, columns);
            for (int lane = 0; lane < lanes; lane++)
            {
                T* row = source + ((long)lane * columns);
                for (int column = start; column < stop; column++)
                    destination[((long)column * width) + lane] = row[column];
            }
        }
    }
}
