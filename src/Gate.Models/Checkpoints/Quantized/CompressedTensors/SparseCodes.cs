using System.Numerics;
using System.Runtime.InteropServices;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Quantized.CompressedTensors;

/// <summary>The values of the two old bitmask formats: kept values in row order and one bit for each weight, set where it was kept.</summary>
internal sealed class SparseCodes : MatrixCodes
{
    private readonly TensorStore _store;
    private readonly TensorInfo _kept, _mask;
    private readonly long[] _starts;

    private SparseCodes(TensorStore store, TensorInfo kept, TensorInfo mask, long[] starts, int rows, int columns)
        : base(rows, columns) => (_store, _kept, _mask, _starts) = (store, kept, mask, starts);

    public override double Bits => 8 * _kept.ElementSize;

    /// <summary>Opens the tensors <c>compressed</c>, <c>bitmask</c>, <c>shape</c> and <c>row_offsets</c> of a module and checks mask and values.</summary>
    /// <param name="parts">The module.</param>
    /// <param name="isTwoOfFour">Exactly two of every four weights are kept; otherwise any, and <c>row_offsets</c> says where each row starts.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: missing, or not fitting together.</exception>
    public static SparseCodes Open(ModuleParts parts, bool isTwoOfFour)
    {
        TensorInfo kept = parts.Require(
            "compressed", "the kept values", NumberFormat.BFloat16, NumberFormat.Float16, NumberFormat.Float32, NumberFormat.Int8, NumberFormat.Float8E4M3);
        TensorInfo mask = parts.Require("bitmask", "the sparsity mask", NumberFormat.UInt8);
        TensorInfo shape = parts.Require("shape", "the extents of the matrix", NumberFormat.Int64);
        parts.CheckShape(shape, [2], [2, 1]);
        ReadOnlySpan<long> extents = MemoryMarshal.Cast<byte, long>(parts.Store.ReadAll(shape));
        (long rows, long columns) = (extents[0], extents[1]);
        if (rows is < 1 or > int.MaxValue || columns is < 1 or > int.MaxValue)
            throw QuantizedDiagnostics.OutOfRange(parts.Store, shape, $"expected a matrix of at least one row and column, found [{rows}, {columns}]");
        parts.CheckShape(mask, [rows, (columns + 7) / 8]);
        long[] starts = isTwoOfFour ? CheckTwoOfFour(parts, kept, mask, (int)rows, (int)columns) : CheckRows(parts, kept, mask, (int)rows, (int)columns);
        return new SparseCodes(parts.Store, kept, mask, starts, (int)rows, (int)columns);
    }

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        float[] values = new float[Columns];
        int maskBytes = (int)_mask.Shape[1];
        for (int row = 0; row < rowCount; row++)
        {
            ReadOnlySpan<byte> mask = _store.Read(_mask, (firstRow + row) * maskBytes, maskBytes);
            long start = _starts[firstRow + row];
            Span<float> kept = values.AsSpan(0, (int)(_starts[firstRow + row + 1] - start));
            ElementCodes.Widen(_kept.Format, _store.Read(_kept, start * _kept.ElementSize, kept.Length * _kept.ElementSize), kept);
            Numerics.PackedWeights.Bitmask.Expand(mask, kept, destination.Slice(row * Columns, Columns));
        }
    }

    private static long[] CheckTwoOfFour(ModuleParts parts, TensorInfo kept, TensorInfo mask, int rows, int columns)
    {
        if (columns % 4 != 0)
            throw QuantizedDiagnostics.WrongShape(parts.Store, kept, $"of a matrix whose {columns} columns are a multiple of 4");
        parts.CheckShape(kept, [rows, columns / 2]);
        ReadOnlySpan<byte> bits = parts.Store.ReadAll(mask);
        int rowBytes = (columns + 7) / 8;
        for (int row = 0; row < rows; row++)
        {
            for (int four = 0; four < columns / 4; four++)
            {
                int nibble = (bits[(row * rowBytes) + (four / 2)] >> (four % 2 * 4)) & 15;
                if (BitOperations.PopCount((uint)nibble) != 2)
                    throw QuantizedDiagnostics.MaskMismatch(parts.Store, mask, $"expected 2 of every 4 weights kept, found {BitOperations.PopCount((uint)nibble)} in row {row}, columns {4 * four} to {(4 * four) + 3}");
            }
        }

        return [.. Enumerable.Range(0, rows + 1).Select(row => (long)row * (columns / 2))];
    }

    private static long[] CheckRows(ModuleParts parts, TensorInfo kept, TensorInfo mask, int rows, int columns)
    {
        TensorInfo offsets = parts.Require("row_offsets", "where each row's kept values start", NumberFormat.Int64);
        parts.CheckShape(offsets, [rows], [rows, 1]);
        ReadOnlySpan<long> starts = MemoryMarshal.Cast<byte, long>(parts.Store.ReadAll(offsets));
        ReadOnlySpan<byte> bits = parts.Store.ReadAll(mask);
        int rowBytes = (columns + 7) / 8;
        long[] counted = new long[rows + 1];
        for (int row = 0; row < rows; row++)
        {
            if (starts[row] != counted[row])
                throw QuantizedDiagnostics.OutOfRange(parts.Store, offsets, $"expected row {row} to start at {counted[row]}, as the mask says, found {starts[row]}");
            int count = 0;
            for (int column = 0; column < columns; column++)
                count += (bits[(row * rowBytes) + (column >> 3)] >> (column & 7)) & 1;
            counted[row + 1] = counted[row] + count;
        }

        parts.CheckShape(kept, [counted[rows]]);
        return counted;
    }
}
