using System.Buffers;
using System.Runtime.InteropServices;
using Gate.Numerics.Memory;
using Gate.Numerics.NumberFormats;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// Packs a matrix from pieces: several tensors stacked by outputs, or one tensor that arrives in runs of rows because it is larger than a span.
/// </summary>
public sealed class PackedMatrixBuilder : IDisposable
{
    private readonly NumberFormat format;
    private readonly PanelLayout layout;
    private AlignedBuffer<byte>? data;
    private int rowsFilled;

    /// <summary>Allocates the panels.</summary>
    /// <param name="format">Format of the stored elements: Float32, BFloat16 or Float16.</param>
    /// <param name="rows">Outputs, at least 1.</param>
    /// <param name="columns">Inputs, at least 1.</param>
    /// <exception cref="ArgumentException">The format cannot be packed or the shape is empty.</exception>
    public PackedMatrixBuilder(NumberFormat format, int rows, int columns)
    {
        if (format is not (NumberFormat.Float32 or NumberFormat.BFloat16 or NumberFormat.Float16))
            throw new ArgumentException($"a matrix of {format} cannot be packed: Float32, BFloat16 or Float16 is needed", nameof(format));
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        this.format = format;
        layout = new PanelLayout(rows, columns);
        data = new AlignedBuffer<byte>(checked(layout.Elements * FormatSize.BytesOf(format)));
    }

    /// <summary>Appends whole rows.</summary>
    /// <param name="source">Row-major, little-endian elements; need not be aligned.</param>
    /// <param name="sourceFormat">The builder's format; a Float32 builder also takes BFloat16 and Float16, which it widens.</param>
    /// <exception cref="ArgumentException">The format does not fit, the bytes are no whole rows, or there are too many rows.</exception>
    /// <exception cref="InvalidOperationException">The matrix was already built.</exception>
    public void Append(ReadOnlySpan<byte> source, NumberFormat sourceFormat)
    {
        if (data is null)
            throw new InvalidOperationException("the matrix was already built");
        if (sourceFormat != format)
        {
            AppendWidened(source, sourceFormat);
            return;
        }

        long rowBytes = (long)layout.Columns * FormatSize.BytesOf(format);
        if (source.Length % rowBytes != 0 || source.Length / rowBytes > layout.Rows - rowsFilled)
            throw new ArgumentException(
                $"{source.Length} bytes are not up to {layout.Rows - rowsFilled} whole rows of {rowBytes} bytes", nameof(source));
        int rows = (int)(source.Length / rowBytes);
        if (format == NumberFormat.Float32)
            PanelPacking.Scatter(MemoryMarshal.Cast<byte, uint>(source), data, layout, rowsFilled, rows);
        else
            PanelPacking.Scatter(MemoryMarshal.Cast<byte, ushort>(source), data, layout, rowsFilled, rows);
        rowsFilled += rows;
    }

    /// <summary>Appends whole rows of binary32 values to a Float32 builder.</summary>
    /// <param name="source">Row-major.</param>
    /// <exception cref="ArgumentException">The builder has another format, these are no whole rows, or there are too many.</exception>
    public void Append(ReadOnlySpan<float> source) => Append(MemoryMarshal.AsBytes(source), NumberFormat.Float32);

    /// <summary>Hands over the finished matrix.</summary>
    /// <exception cref="InvalidOperationException">Rows are missing, or the matrix was already built.</exception>
    public PackedMatrix Build()
    {
        if (data is null)
            throw new InvalidOperationException("the matrix was already built");
        if (rowsFilled != layout.Rows)
            throw new InvalidOperationException($"{rowsFilled} of {layout.Rows} rows were appended");
        var matrix = new PackedMatrix(data, format, layout);
        data = null;
        return matrix;
    }

    /// <summary>Releases the memory of a matrix that was not built.</summary>
    public void Dispose() => ((IDisposable?)data)?.Dispose();

    private void AppendWidened(ReadOnlySpan<byte> source, NumberFormat sourceFormat)
    {
        if (format != NumberFormat.Float32 || sourceFormat is not (NumberFormat.BFloat16 or NumberFormat.Float16))
            throw new ArgumentException($"{sourceFormat} rows cannot be appended to a {format} matrix", nameof(sourceFormat));
        int rowBytes = checked(layout.Columns * sizeof(ushort));
        LengthCheck.RequireMultiple(source.Length, rowBytes);
        float[] row = ArrayPool<float>.Shared.Rent(layout.Columns);
        Span<float> widened = row.AsSpan(0, layout.Columns);
        for (int start = 0; start < source.Length; start += rowBytes)
        {
            if (sourceFormat == NumberFormat.BFloat16)
                BFloat16Conversion.Widen(source.Slice(start, rowBytes), widened);
            else
                Float16Conversion.Widen(source.Slice(start, rowBytes), widened);
            Append(widened);
        }

        ArrayPool<float>.Shared.Return(row);
    }
}
