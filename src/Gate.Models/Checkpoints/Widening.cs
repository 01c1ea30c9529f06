using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints;

/// <summary>Stored little-endian floating-point elements to binary32, exactly: every binary16 and bfloat16 value, subnormals and NaN payloads included,
/// is a binary32 value.</summary>
internal static class Widening
{
    /// <summary>Whether a format widens to binary32 without rounding.</summary>
    public static bool Supports(NumberFormat format) => format is NumberFormat.Float32 or NumberFormat.Float16 or NumberFormat.BFloat16;

    /// <summary>Widens elements.</summary>
    /// <param name="format">Float32, Float16 or BFloat16.</param>
    /// <param name="stored">The elements' bytes, at any alignment.</param>
    /// <param name="values">Room for exactly as many values.</param>
    public static void ToSingles(NumberFormat format, ReadOnlySpan<byte> stored, Span<float> values)
    {
        if (stored.Length != (long)values.Length * StoredFormats.SizeOf(format))
            throw new ArgumentException("Stored bytes and values differ in number.", nameof(values));
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Checkpoints are little-endian and so must be the machine.");
        switch (format)
        {
            case NumberFormat.Float32:
                stored.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case NumberFormat.BFloat16:
                FromBFloat16(stored, values);
                break;
            case NumberFormat.Float16:
                FromFloat16(stored, values);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format that widens to binary32.");
        }
    }

    /// <summary>The bytes of values that a format holds exactly.</summary>
    /// <param name="format">Float32, Float16 or BFloat16.</param>
    /// <param name="values">Values that were widened from that format.</param>
    public static byte[] ToBytes(NumberFormat format, ReadOnlySpan<float> values)
    {
        if (format == NumberFormat.Float32)
            return MemoryMarshal.AsBytes(values).ToArray();
        ushort[] narrow = new ushort[values.Length];
        for (int i = 0; i < narrow.Length; i++)
            narrow[i] = format == NumberFormat.BFloat16 ? BFloat16Conversion.Narrow(values[i]) : Float16Conversion.Narrow(values[i]);
        return MemoryMarshal.AsBytes<ushort>(narrow).ToArray();
    }

    private static void FromBFloat16(ReadOnlySpan<byte> stored, Span<float> values)
    {
        ref byte source = ref MemoryMarshal.GetReference(stored);
        ref uint destination = ref Unsafe.As<float, uint>(ref MemoryMarshal.GetReference(values));
        int index = 0;
        for (; index <= values.Length - Vector256<ushort>.Count; index += Vector256<ushort>.Count)
        {
            Vector256<ushort> bits = Unsafe.ReadUnaligned<Vector256<ushort>>(ref Unsafe.Add(ref source, 2 * (nint)index));
            (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(bits);
            (lower << 16).StoreUnsafe(ref destination, (nuint)index);
            (upper << 16).StoreUnsafe(ref destination, (nuint)index + 8);
        }

        for (; index < values.Length; index++)
            values[index] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * index)..]) << 16);
    }

    // The exponent and mantissa moved into place are the value times 2^-112; one multiplication by 2^112 is exact and normalises subnormals too.
    // Infinity and NaN (exponent all ones) get the missing exponent bits by hand.
    private static void FromFloat16(ReadOnlySpan<byte> stored, Span<float> values)
    {
        ref byte source = ref MemoryMarshal.GetReference(stored);
        ref uint destination = ref Unsafe.As<float, uint>(ref MemoryMarshal.GetReference(values));
        int index = 0;
        for (; index <= values.Length - Vector256<ushort>.Count; index += Vector256<ushort>.Count)
        {
            Vector256<ushort> bits = Unsafe.ReadUnaligned<Vector256<ushort>>(ref Unsafe.Add(ref source, 2 * (nint)index));
            (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(bits);
            FromFloat16(lower).StoreUnsafe(ref destination, (nuint)index);
            FromFloat16(upper).StoreUnsafe(ref destination, (nuint)index + 8);
        }

        for (; index < values.Length; index++)
            values[index] = FromFloat16(Vector256.Create((uint)BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * index)..]))).AsSingle().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> FromFloat16(Vector256<uint> bits)
    {
        Vector256<uint> magnitude = (bits & Vector256.Create(0x7FFFu)) << 13;
        Vector256<uint> scaled = (magnitude.AsSingle() * Vector256.Create(5.192296858534828e33f)).AsUInt32();
        Vector256<uint> special = magnitude | Vector256.Create(0x7F800000u);
        Vector256<uint> isSpecial = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x0F800000u));
        return Vector256.ConditionalSelect(isSpecial, special, scaled) | ((bits & Vector256.Create(0x8000u)) << 16);
    }
}
