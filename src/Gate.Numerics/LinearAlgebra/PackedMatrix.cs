using System.Runtime.InteropServices;
using Gate.Numerics.Memory;
using Gate.Numerics.NumberFormats;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// A weight matrix W[outputs, inputs] rearranged once into panels that <see cref="MatrixProduct"/> reads from front to back. The elements keep
/// their format: a 16-bit matrix stays 16 bits wide and is widened, exactly, while it is multiplied. Immutable, safe to share between threads.
/// </summary>
public sealed class PackedMatrix : IDisposable
{
    internal PackedMatrix(AlignedBuffer<byte> data, NumberFormat format, PanelLayout layout)
    {
        Data = data;
        Format = format;
        Layout = layout;
    }

    /// <summary>Outputs.</summary>
    public int Rows => Layout.Rows;

    /// <summary>Inputs.</summary>
    public int Columns => Layout.Columns;

    /// <summary>Format of the stored elements: Float32, BFloat16 or Float16.</summary>
    public NumberFormat Format { get; }

    /// <summary>Memory taken, padding included.</summary>
    public long Bytes => Data.Bytes;

    internal AlignedBuffer<byte> Data { get; }

    internal PanelLayout Layout { get; }

    /// <summary>Packs a stored matrix.</summary>
    /// <param name="source">[rows, columns], row-major, little-endian elements of <paramref name="format"/>; need not be aligned.</param>
    /// <param name="format">Float32, BFloat16 or Float16.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <exception cref="ArgumentException">The format cannot be packed or the length is not the shape's.</exception>
    public static PackedMatrix Pack(ReadOnlySpan<byte> source, NumberFormat format, int rows, int columns)
    {
        using var builder = new PackedMatrixBuilder(format, rows, columns);
        builder.Append(source, format);
        return builder.Build();
    }

    /// <summary>Packs a matrix of binary32 values.</summary>
    /// <param name="source">[rows, columns], row-major.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <exception cref="ArgumentException">The length is not the shape's.</exception>
    public static PackedMatrix Pack(ReadOnlySpan<float> source, int rows, int columns) =>
        Pack(MemoryMarshal.AsBytes(source), NumberFormat.Float32, rows, columns);

    /// <summary>Packs several matrices with the same inputs below each other, so that their products become one.</summary>
    /// <param name="parts">At least one; outputs are stacked in this order. The formats must agree.</param>
    /// <exception cref="ArgumentException">There is no part, the inputs or formats differ, or a length is not its shape's.</exception>
    public static PackedMatrix Pack(IReadOnlyList<MatrixSource> parts)
    {
        if (parts.Count == 0)
            throw new ArgumentException("at least one matrix is needed", nameof(parts));
        int rows = 0;
        foreach (MatrixSource part in parts)
        {
            if (part.Columns != parts[0].Columns || part.Format != parts[0].Format)
                throw new ArgumentException("stacked matrices must share inputs and format", nameof(parts));
            rows = checked(rows + part.Rows);
        }

        using var builder = new PackedMatrixBuilder(parts[0].Format, rows, parts[0].Columns);
        foreach (MatrixSource part in parts)
            builder.Append(part.Data.Span, part.Format);
        return builder.Build();
    }

    /// <summary>Writes one output's weights, widened, in input order.</summary>
    /// <param name="row">Output.</param>
    /// <param name="destination">At least <see cref="Columns"/> long.</param>
    /// <exception cref="ArgumentException">The row does not exist or the destination is too short.</exception>
    public void CopyRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        LengthCheck.RequireRoom(Columns, destination.Length);
        int panel = Layout.PanelOf(row), width = Layout.WidthOf(panel), lane = row - Layout.FirstRowOf(panel);
        int size = FormatSize.BytesOf(Format);
        for (int column = 0; column < Columns; column++)
        {
            ReadOnlySpan<byte> element = Data.Slice((Layout.OffsetOf(panel) + ((long)column * width) + lane) * size, size);
            destination[column] = Format switch
            {
                NumberFormat.Float32 => MemoryMarshal.Read<float>(element),
                NumberFormat.BFloat16 => BFloat16Conversion.Widen(MemoryMarshal.Read<ushort>(element)),
                _ => Float16Conversion.Widen(MemoryMarshal.Read<ushort>(element)),
            };
        }
    }

    /// <summary>Releases the memory.</summary>
    public void Dispose() => ((IDisposable)Data).Dispose();
}
