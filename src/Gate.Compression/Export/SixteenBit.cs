using System.Runtime.InteropServices;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export;

/// <summary>Rounds binary32 values to a 16-bit format, to nearest with ties to even. Zeros stay zeros.</summary>
internal static class SixteenBit
{
    /// <summary>Bytes of one value.</summary>
    public const int Size = sizeof(ushort);

    /// <summary>Writes the bits of each value, little-endian.</summary>
    /// <param name="values">Values.</param>
    /// <param name="format">BFloat16 or Float16.</param>
    /// <param name="destination">Two bytes for each value.</param>
    public static void Write(ReadOnlySpan<float> values, NumberFormat format, Span<byte> destination)
    {
        Span<ushort> bits = MemoryMarshal.Cast<byte, ushort>(destination);
        if (format == NumberFormat.BFloat16)
            BFloat16Conversion.Narrow(values, bits);
        else
            Float16Conversion.Narrow(values, bits);
    }

    /// <summary>The value as the format holds it, widened again; infinite where it is out of range.</summary>
    public static float Round(float value, NumberFormat format) =>
        format == NumberFormat.BFloat16
            ? BFloat16Conversion.Widen(BFloat16Conversion.Narrow(value))
            : Float16Conversion.Widen(Float16Conversion.Narrow(value));
}
