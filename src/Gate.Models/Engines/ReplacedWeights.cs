using System.Runtime.InteropServices;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Engines;

/// <summary>Values of a weight matrix, norm or bias that stand in for those of its checkpoint.</summary>
/// <param name="Format">Float32, BFloat16 or Float16.</param>
/// <param name="Bytes">Row-major, little-endian.</param>
public sealed record ReplacedWeights(NumberFormat Format, ReadOnlyMemory<byte> Bytes)
{
    internal ReadOnlySpan<byte> Rows(int firstRow, int count, int columns) =>
        Bytes.Span.Slice(checked(firstRow * columns * StoredFormats.SizeOf(Format)), checked(count * columns * StoredFormats.SizeOf(Format)));

    internal void Widen(int firstRow, int count, int columns, Span<float> destination)
    {
        ReadOnlySpan<byte> bytes = Rows(firstRow, count, columns);
        if (Format == NumberFormat.Float32)
            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(destination);
        else if (Format == NumberFormat.BFloat16)
            BFloat16Conversion.Widen(bytes, destination);
        else
            Float16Conversion.Widen(bytes, destination);
    }
}
