using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.ErrorFeedback;

/// <summary>
/// The sweep GPTQ and SparseGPT share: column by column every weight is rounded, <c>e = (w − ŵ) / U_ii</c>, and the columns to its right take
/// <c>w_j −= e·U_ij</c>. Inside a block of columns at once, beyond it in one matrix product after the block (lazy batch updates). Every element is
/// summed in column order by one thread: neither threads nor vector width change a bit.
/// </summary>
/// <remarks>
/// Sixteen rows go through a block together, columns on the outside, so that the chain of a row (round, divide, subtract, next column) is hidden behind those of the others and every step is one of
/// vectors over rows. The columns of a strip are updated one by one, the rest of the block once per strip.
/// </remarks>
internal static class ColumnSweep
{
    private const int TileRows = SweptTile.Height;
    private const int Lanes = 8;

    // Columns whose errors the rest of a block takes at once: their errors stay in the first-level cache, and a weight is loaded and stored once for all of them.
    private const int StripColumns = 8;

    /// <summary>Sweeps a matrix in place.</summary>
    /// <param name="weights">Row-major [rows, columns]; replaced by the rounded values.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="upper">U, row-major [columns, columns].</param>
    /// <param name="columns">Input features.</param>
    /// <param name="blocks">Ends of the blocks of columns, rising; the last is <paramref name="columns"/>.</param>
    /// <param name="rounding">What happens to each weight.</param>
    /// <param name="threads">Row tiles are divided over these.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <returns>½ Σ e², the growth of the layer's squared output error the sweep accounts for.</returns>
    public static double Run(
        double[] weights, int rows, double[] upper, int columns, IReadOnlyList<int> blocks, IColumnRounding rounding, ComputeThreads threads,
        CancellationToken cancellationToken = default)
    {
        double[] losses = new double[rows], errors = new double[rows * Widest(blocks)];
        int start = 0;
        foreach (int end in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rounding.BeginBlock(weights, start, end);
            int first = start, width = end - start;
            ParallelWork.Run((rows + TileRows - 1) / TileRows, threads, tile =>
                SweepTile(weights, upper, columns, first, end, tile * TileRows, Math.Min(rows, (tile + 1) * TileRows), rounding, errors, losses));
            if (end < columns)
            {
                BlockUpdate.SubtractProduct(
                    weights.AsSpan(end), errors, upper.AsSpan((start * columns) + end), (columns, width, columns), (rows, columns - end, width), threads);
            }

            start = end;
        }

        return losses.Sum() / 2;
    }

    private static int Widest(IReadOnlyList<int> blocks) => blocks.Zip(blocks.Prepend(0), (end, start) => end - start).Max();

    // Leaves the errors of its rows in the layout of a row-major [rows, width].
    private static void SweepTile(
        double[] weights, double[] upper, int columns, int start, int end, int firstRow, int endRow, IColumnRounding rounding, double[] errors, double[] losses)
    {
        SweptTile tile = new(weights, columns, firstRow, endRow - firstRow, start, end);
        ITileRounding tileRounding = rounding.BeginTile(tile);
        double[] tileErrors = new double[(end - start) * TileRows];
        Span<double> rounded = stackalloc double[TileRows];
        Vector512<double> lowLoss = default, highLoss = default;
        for (int strip = start, stripEnd; strip < end; strip = stripEnd)
        {
            stripEnd = EndOfStrip(strip, end, rounding.LooksAhead);
            for (int column = strip; column < stripEnd; column++)
            {
                tileRounding.Round(column, rounded);
                Replace(tile, column, rounded, upper[(column * columns) + column], tileErrors, ref lowLoss, ref highLoss);
                SubtractErrors(tile, upper, columns, (column, column + 1), stripEnd - column - 1, tileErrors);
            }

            SubtractErrors(tile, upper, columns, (strip, stripEnd), end - stripEnd, tileErrors);
        }

        tileRounding.End();
        tile.Store();
        for (int row = 0; row < tile.Rows; row++)
            losses[firstRow + row] += row < Lanes ? lowLoss[row] : highLoss[row - Lanes];
        for (int row = 0; row < tile.Rows; row++)
        {
            Span<double> line = errors.AsSpan((firstRow + row) * (end - start), end - start);
            for (int column = 0; column < line.Length; column++)
                line[column] = tileErrors[(column * TileRows) + row];
        }
    }

    // A group that is looked at lies in its strip as a whole, or begins one: only then has it the errors of all columns before it.
    private static int EndOfStrip(int start, int end, IReadOnlyList<int> groups)
    {
        int stripEnd = Math.Min(start + StripColumns, end);
        foreach (int group in groups)
        {
            for (int first = (start / group * group) + group; first < stripEnd; first += group)
            {
                if (first + group > stripEnd)
                    stripEnd = first;
            }
        }

        return stripEnd;
    }

    // e = (w − ŵ) / U_cc; w = ŵ.
    private static void Replace(
        SweptTile tile, int column, ReadOnlySpan<double> rounded, double diagonal, double[] errors, ref Vector512<double> lowLoss, ref Vector512<double> highLoss)
    {
        nuint at = (nuint)((column - tile.Start) * TileRows);
        ref double w = ref MemoryMarshal.GetArrayDataReference(tile.Values);
        ref double e = ref MemoryMarshal.GetArrayDataReference(errors);
        ref double r = ref MemoryMarshal.GetReference(rounded);
        Vector512<double> low = Vector512.LoadUnsafe(ref r), high = Vector512.LoadUnsafe(ref r, Lanes), by = Vector512.Create(diagonal);
        Vector512<double> lowError = (Vector512.LoadUnsafe(ref w, at) - low) / by, highError = (Vector512.LoadUnsafe(ref w, at + Lanes) - high) / by;
        low.StoreUnsafe(ref w, at);
        high.StoreUnsafe(ref w, at + Lanes);
        lowError.StoreUnsafe(ref e, at);
        highError.StoreUnsafe(ref e, at + Lanes);
        lowLoss += lowError * lowError;
        highLoss += highError * highError;
    }

    // w_j −= Σ_k e_k·U_kj in the order of k, for the columns j behind the last of k.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SubtractErrors(SweptTile tile, double[] upper, int columns, (int First, int End) done, int count, double[] errors)
    {
        ref double w = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(tile.Values), (done.End - tile.Start) * TileRows);
        ref double e = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(errors), (done.First - tile.Start) * TileRows);
        int terms = done.End - done.First;
        ref double u = ref upper[((long)done.First * columns) + done.End - (count > 0 ? 0 : 1)];
        for (int j = 0; j < count; j++)
        {
            nuint at = (nuint)(j * TileRows);
            Vector512<double> low = Vector512.LoadUnsafe(ref w, at), high = Vector512.LoadUnsafe(ref w, at + Lanes);
            ref double factor = ref Unsafe.Add(ref u, j);
            for (int k = 0; k < terms; k++)
            {
                Vector512<double> negative = Vector512.Create(-Unsafe.Add(ref factor, (nint)k * columns));
                low = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref e, (nuint)(k * TileRows)), negative, low);
                high = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref e, (nuint)(k * TileRows) + Lanes), negative, high);
            }

            low.StoreUnsafe(ref w, at);
            high.StoreUnsafe(ref w, at + Lanes);
        }
    }
}
