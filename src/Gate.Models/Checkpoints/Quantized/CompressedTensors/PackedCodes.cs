using System.Runtime.InteropServices;
using Gate.Numerics.PackedWeights;

namespace Gate.Models.Checkpoints.Quantized.CompressedTensors;

/// <summary>The codes of <c>pack-quantized</c>: unsigned, offset by 2^(bits−1), packed along each row of int32 words.</summary>
internal sealed class PackedCodes(TensorStore store, TensorInfo words, int rows, int columns, int bits, bool dense) : MatrixCodes(rows, columns)
{
    public override double Bits => bits;

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        sbyte[] codes = new sbyte[Columns];
        int rowBytes = (int)words.Shape[1] * sizeof(int);
        for (int row = 0; row < rowCount; row++)
        {
            ReadOnlySpan<uint> packed = MemoryMarshal.Cast<byte, uint>(store.Read(words, (firstRow + row) * rowBytes, rowBytes));
            CompressedTensorsPacking.UnpackRow(packed, bits, dense, codes);
            Span<float> values = destination.Slice(row * Columns, Columns);
            for (int column = 0; column < values.Length; column++)
                values[column] = codes[column];
        }
    }
}
