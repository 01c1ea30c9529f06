using System.Buffers.Binary;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export;

/// <summary>Rounds binary32 values to a 16-bit format, to nearest with ties to even. Zeros stay zeros.</summary>
internal static class SixteenBit
{
    /// <summary>Bytes of one value.</summary>
    public const int Size = sizeof(ushort);

    /// <summary>Writes the bits of each value, little-endian.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="format">BFloat16 or Float16.</param>
    /// <param name="destination">Two bytes for each value.</param>
    public static void Write(ReadOnlySpan<float> values, NumberFormat format, Span<byte> destination)
    {
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(destination[(i * Size)..], format == NumberFormat.BFloat16 ? ToBFloat16(values[i]) : ToFloat16(values[i]));
    }

    /// <summary>The value as the format holds it, widened again.</summary>
    public static float Round(float value, NumberFormat format) =>
        format == NumberFormat.BFloat16
            ? BitConverter.UInt32BitsToSingle((uint)ToBFloat16(value) << 16)
            : (float)(Half)value;

    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static ushort ToFloat16(float value) => BitConverter.HalfToUInt16Bits((Half)value);
}
