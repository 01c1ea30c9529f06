using System.Runtime.InteropServices;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Inference;

/// <summary>Values of a weight matrix that stand in for those of its checkpoint.</summary>
/// <param name="Format">BFloat16 or Float16.</param>
/// <param name="Bytes">Row-major, little-endian.</param>
public sealed record ReplacedWeights(NumberFormat Format, ReadOnlyMemory<byte> Bytes)
{
    internal ReadOnlySpan<byte> Rows(int firstRow, int count, int columns) =>
        Bytes.Span.Slice(checked(firstRow * columns * sizeof(ushort)), checked(count * columns * sizeof(ushort)));

    internal void Widen(int firstRow, int count, int columns, Span<float> destination)
    {
        ReadOnlySpan<ushort> bits = MemoryMarshal.Cast<byte, ushort>(Rows(firstRow, count, columns));
        if (Format == NumberFormat.BFloat16)
            BFloat16Conversion.Widen(bits, destination);
        else
            Float16Conversion.Widen(bits, destination);
    }
}
