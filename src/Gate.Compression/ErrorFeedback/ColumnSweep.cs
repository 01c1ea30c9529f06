using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Threading;

namespace Gate.Compression.ErrorFeedback;

/// <summary>
/// The sweep GPTQ and SparseGPT share: column by column every weight is rounded, <c>e = (w − ŵ) / U_ii</c>, and the columns to its right take
/// <c>w_j −= e·U_ij</c>. Inside a block of columns at once, beyond it in one matrix product after the block (lazy batch updates). Every element is
/// summed in column order by one thread: neither threads nor vector width change a bit.
/// </summary>
internal static class ColumnSweep
{
    // Rows of one piece of work: enough to reuse a block of U from the second-level cache, few enough to share out small layers.
    private const int TileRows = 16;
    private const int KernelRows = 4;
    private const int PanelColumns = 16;

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
        double[] losses = new double[rows];
        int start = 0;
        foreach (int end in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rounding.BeginBlock(weights, start, end);
            int first = start;
            double[] panels = PackPanels(upper, columns, start, end);
            ParallelWork.Run((rows + TileRows - 1) / TileRows, threads, tile =>
                SweepTile(weights, upper, panels, columns, first, end, tile * TileRows, Math.Min(rows, (tile + 1) * TileRows), rounding, losses));
            start = end;
        }

        return losses.Sum() / 2;
    }

    private static void SweepTile(
        double[] weights, double[] upper, double[] panels, int columns, int start, int end, int firstRow, int endRow, IColumnRounding rounding,
        double[] losses)
    {
        int width = end - start;
        double[] errors = new double[(endRow - firstRow + KernelRows - 1) / KernelRows * KernelRows * width];
        for (int row = firstRow; row < endRow; row++)
        {
            Span<double> current = weights.AsSpan(row * columns, columns);
            Span<double> rowErrors = errors.AsSpan((row - firstRow) * width, width);
            for (int column = start; column < end; column++)
            {
                ReadOnlySpan<double> factors = upper.AsSpan(column * columns, columns);
                double rounded = rounding.Round(row, column, current);
                double error = (current[column] - rounded) / factors[column];
                current[column] = rounded;
                rowErrors[column - start] = error;
                losses[row] += error * error;
                if (error != 0)
                    Subtract(current[(column + 1)..end], factors[(column + 1)..end], error);
            }
        }

        for (int row = firstRow; row < endRow && end < columns; row += KernelRows)
        {
            ReadOnlySpan<double> rowErrors = errors.AsSpan((row - firstRow) * width, KernelRows * width);
            SubtractProduct(weights, panels, columns, end, row, Math.Min(KernelRows, endRow - row), rowErrors, width);
        }
    }

    // U[start:end, end:] in panels of 16 columns, each one contiguous and filled up with zeros: read row by row, U would touch a page per column.
    private static double[] PackPanels(double[] upper, int columns, int start, int end)
    {
        int width = end - start;
        double[] panels = new double[(columns - end + PanelColumns - 1) / PanelColumns * PanelColumns * width];
        for (int k = 0; k < width; k++)
        {
            ReadOnlySpan<double> row = upper.AsSpan((start + k) * columns, columns);
            for (int column = end, at = k * PanelColumns; column < columns; column += PanelColumns, at += width * PanelColumns)
                row[column..Math.Min(column + PanelColumns, columns)].CopyTo(panels.AsSpan(at));
        }

        return panels;
    }

    // w −= e·u
    private static void Subtract(Span<double> weights, ReadOnlySpan<double> factors, double error)
    {
        ref double w = ref MemoryMarshal.GetReference(weights);
        ref double u = ref MemoryMarshal.GetReference(factors);
        nuint i = 0, length = (nuint)weights.Length;
        Vector512<double> negative = Vector512.Create(-error);
        for (; i + 8 <= length; i += 8)
            Vector512.FusedMultiplyAdd(negative, Vector512.LoadUnsafe(ref u, i), Vector512.LoadUnsafe(ref w, i)).StoreUnsafe(ref w, i);
        for (; i < length; i++)
            Unsafe.Add(ref w, i) = Math.FusedMultiplyAdd(-error, Unsafe.Add(ref u, i), Unsafe.Add(ref w, i));
    }

    // W[rows, end:] −= E·U[start:end, end:] for up to four rows; the rows of E that are missing are zero and their results dropped.
    private static void SubtractProduct(
        double[] weights, double[] panels, int columns, int end, int row, int rowCount, ReadOnlySpan<double> errors, int width)
    {
        ref double e = ref MemoryMarshal.GetReference(errors);
        ref double u = ref MemoryMarshal.GetArrayDataReference(panels);
        nuint at = 0;
        for (int column = end; column < columns; column += PanelColumns)
        {
            Vector512<double> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            for (int k = 0; k < width; k++, at += PanelColumns)
            {
                Vector512<double> u0 = Vector512.LoadUnsafe(ref u, at), u1 = Vector512.LoadUnsafe(ref u, at + 8);
                Vector512<double> ea = Vector512.Create(Unsafe.Add(ref e, k)), eb = Vector512.Create(Unsafe.Add(ref e, width + k));
                Vector512<double> ec = Vector512.Create(Unsafe.Add(ref e, 2 * width + k)), ed = Vector512.Create(Unsafe.Add(ref e, 3 * width + k));
                a0 = Vector512.FusedMultiplyAdd(ea, u0, a0);
                a1 = Vector512.FusedMultiplyAdd(ea, u1, a1);
                b0 = Vector512.FusedMultiplyAdd(eb, u0, b0);
                b1 = Vector512.FusedMultiplyAdd(eb, u1, b1);
                c0 = Vector512.FusedMultiplyAdd(ec, u0, c0);
                c1 = Vector512.FusedMultiplyAdd(ec, u1, c1);
                d0 = Vector512.FusedMultiplyAdd(ed, u0, d0);
                d1 = Vector512.FusedMultiplyAdd(ed, u1, d1);
            }

            int wanted = Math.Min(PanelColumns, columns - column);
            SubtractPair(weights.AsSpan(row * columns + column, wanted), a0, a1);
            if (rowCount > 1)
                SubtractPair(weights.AsSpan((row + 1) * columns + column, wanted), b0, b1);
            if (rowCount > 2)
                SubtractPair(weights.AsSpan((row + 2) * columns + column, wanted), c0, c1);
            if (rowCount > 3)
                SubtractPair(weights.AsSpan((row + 3) * columns + column, wanted), d0, d1);
        }
    }

    private static void SubtractPair(Span<double> weights, Vector512<double> low, Vector512<double> high)
    {
        ref double w = ref MemoryMarshal.GetReference(weights);
        if (weights.Length == PanelColumns)
        {
            (Vector512.LoadUnsafe(ref w) - low).StoreUnsafe(ref w);
            (Vector512.LoadUnsafe(ref w, 8) - high).StoreUnsafe(ref w, 8);
            return;
        }

        for (int i = 0; i < weights.Length; i++)
            weights[i] -= i < 8 ? low[i] : high[i - 8];
    }
}
