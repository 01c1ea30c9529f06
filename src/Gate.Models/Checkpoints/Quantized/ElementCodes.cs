using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Quantized;

/// <summary>Codes stored one to an element: int8 (<c>int-quantized</c>, <c>naive-quantized</c>) or float8 E4M3 (<c>float-quantized</c>).</summary>
internal sealed class ElementCodes(TensorStore store, TensorInfo tensor, int rows, int columns) : MatrixCodes(rows, columns)
{
    public override double Bits => 8 * tensor.ElementSize;

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        int rowBytes = Columns * tensor.ElementSize;
        for (int row = 0; row < rowCount; row++)
            Widen(tensor.Format, store.Read(tensor, (firstRow + row) * rowBytes, rowBytes), destination.Slice(row * Columns, Columns));
    }

    /// <summary>Elements of a float format, of float8 E4M3 or of int8 as binary32.</summary>
    public static void Widen(NumberFormat format, ReadOnlySpan<byte> elements, Span<float> values)
    {
        switch (format)
        {
            case NumberFormat.Int8:
                for (int i = 0; i < values.Length; i++)
                    values[i] = (sbyte)elements[i];
                break;
            case NumberFormat.Float8E4M3:
                for (int i = 0; i < values.Length; i++)
                    values[i] = Float8Conversion.WidenE4M3(elements[i]);
                break;
            default:
                Widening.ToSingles(format, elements, values);
                break;
        }
    }
}
