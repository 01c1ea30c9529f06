using System.Runtime.InteropServices;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export.Forms;

/// <summary>Writes a tensor of plain numbers in the precision and order of rows of its form, and notes what was written and what a reader will present.</summary>
internal sealed class PlainTensorSink(CandidateForm form, TensorInfo tensor, NumberFormat format, Stream stream) : IDisposable
{
    private readonly TensorSink _stored = new(stream), _presented = new(Stream.Null);
    private readonly NumberFormat _presentedFormat = form.PresentedFormat(tensor, format);
    private readonly float _offset = form.OffsetOf(tensor);

    public delegate Span<float> RowSource(long modelRow);

    /// <summary>The first value that the format cannot hold, in the order of the model's rows, or null.</summary>
    public (int Row, int Column, float Value)? Overflow { get; private set; }

    /// <summary>What is in the file.</summary>
    public WrittenTensor Stored { get; private set; } = null!;

    /// <summary>What a reader presents.</summary>
    public WrittenTensor Presented { get; private set; } = null!;

    /// <summary>Writes all rows; the values given are replaced by those written.</summary>
    /// <param name="source">Gives a row of the model.</param>
    public void Write(RowSource source)
    {
        byte[] bytes = new byte[tensor.RowLength * StoredFormats.SizeOf(format)];
        byte[] whole = form.IsTransposed(tensor) ? new byte[tensor.RowCount * bytes.Length] : [];
        for (long stored = 0; stored < tensor.RowCount; stored++)
        {
            long row = form.ModelRow(tensor, stored);
            Span<float> values = Moved(source(row), _offset);
            if (!Narrow(values, bytes, (int)row))
                return;
            Moved(values, -_offset);
            if (form.IsTransposed(tensor))
                bytes.CopyTo(whole, stored * bytes.Length);
            else
                _stored.Write(bytes);
            if (IsPresentedAsWritten)
                _presented.Write(bytes);
        }

        if (form.IsTransposed(tensor))
            WriteTransposed(whole);

        // Read in another precision, a tensor is presented in the model's order, which may be another than the file's.
        for (long row = 0; row < tensor.RowCount && !IsPresentedAsWritten; row++)
        {
            Span<float> values = Moved(source(row), _offset);
            Narrow(values, bytes, (int)row);
            _presented.Write(MemoryMarshal.AsBytes(Moved(values, -_offset)));
        }

        Stored = _stored.Finish(format, form.ShapeOf(tensor));
        Presented = _presented.Finish(_presentedFormat, tensor.Shape);
    }

    public void Dispose()
    {
        _stored.Dispose();
        _presented.Dispose();
    }

    private bool IsPresentedAsWritten => _presentedFormat == format && _offset == 0 && !form.IsReordered(tensor);

    private static Span<float> Moved(Span<float> values, float offset)
    {
        for (int i = 0; offset != 0 && i < values.Length; i++)
            values[i] += offset;
        return values;
    }

    // A row of the file is a column of the model.
    private void WriteTransposed(byte[] whole)
    {
        int size = StoredFormats.SizeOf(format), rows = (int)tensor.RowCount, columns = (int)tensor.RowLength;
        byte[] line = new byte[rows * size];
        for (int column = 0; column < columns; column++)
        {
            for (int row = 0; row < rows; row++)
                whole.AsSpan(((row * columns) + column) * size, size).CopyTo(line.AsSpan(row * size));
            _stored.Write(line);
        }
    }

    private bool Narrow(Span<float> values, byte[] bytes, int row)
    {
        if (format == NumberFormat.Float32)
        {
            MemoryMarshal.AsBytes(values).CopyTo(bytes);
            return true;
        }

        SixteenBit.Write(values, format, bytes);
        for (int column = 0; column < values.Length; column++)
        {
            float written = SixteenBit.Round(values[column], format);
            if (!float.IsFinite(written))
            {
                Overflow = (row, column, values[column]);
                return false;
            }

            values[column] = written;
        }

        return true;
    }
}
