using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Gate.Numerics.Memory;

namespace Gate.Numerics.NumberFormats;

/// <summary>
/// Conversion between bfloat16 (the upper half of binary32) and binary32. Widening is exact. Narrowing rounds to nearest, ties to even;
/// overflow becomes infinity, and a NaN stays a NaN of the same sign (quiet, upper payload bits kept).
/// </summary>
public static class BFloat16Conversion
{
    private const uint MagnitudeMask = 0x7FFF_FFFF;
    private const uint Infinity = 0x7F80_0000;
    private const uint QuietBit = 0x0040_0000;
    private const uint HalfUnitMinusOne = 0x7FFF;

    /// <summary>Widens one bfloat16 pattern.</summary>
    /// <param name="bits">The 16 stored bits.</param>
    public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Narrows one value.</summary>
    /// <param name="value">Any binary32 value.</param>
    public static ushort Narrow(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint rounded = (bits & MagnitudeMask) > Infinity ? bits | QuietBit : bits + HalfUnitMinusOne + ((bits >> 16) & 1);
        return (ushort)(rounded >> 16);
    }

    /// <summary>Widens every element.</summary>
    /// <param name="source">Stored patterns.</param>
    /// <param name="destination">At least as long as <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        LengthCheck.RequireRoom(source.Length, destination.Length);
        ref ushort from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        nuint i = 0, length = (nuint)source.Length;
        if (Vector128.IsHardwareAccelerated)
        {
            for (nuint whole = length & ~(nuint)15; i < whole; i += 16)
                WidenVector(Vector256.LoadUnsafe(ref from, i)).StoreUnsafe(ref to, i);
        }

        for (; i < length; i++)
            Unsafe.Add(ref to, i) = Widen(Unsafe.Add(ref from, i));
    }

    /// <summary>Widens little-endian stored elements.</summary>
    /// <param name="source">Two bytes for each element; need not be aligned.</param>
    /// <param name="destination">At least half as many elements as <paramref name="source"/> has bytes.</param>
    /// <exception cref="ArgumentException">The byte count is odd or the destination is too short.</exception>
    public static void Widen(ReadOnlySpan<byte> source, Span<float> destination)
    {
        LengthCheck.RequireMultiple(source.Length, sizeof(ushort));
        Widen(MemoryMarshal.Cast<byte, ushort>(source), destination);
    }

    /// <summary>Narrows every element.</summary>
    /// <param name="source">Values.</param>
    /// <param name="destination">At least as long as <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        LengthCheck.RequireRoom(source.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(source);
        ref ushort to = ref MemoryMarshal.GetReference(destination);
        nuint i = 0, length = (nuint)source.Length;
        if (Vector128.IsHardwareAccelerated)
        {
            for (nuint whole = length & ~(nuint)15; i < whole; i += 16)
            {
                Vector256<uint> low = NarrowVector(Vector256.LoadUnsafe(ref from, i));
                Vector256<uint> high = NarrowVector(Vector256.LoadUnsafe(ref from, i + 8));
                Vector256.Narrow(low, high).StoreUnsafe(ref to, i);
            }
        }

        for (; i < length; i++)
            Unsafe.Add(ref to, i) = Narrow(Unsafe.Add(ref from, i));
    }

    /// <summary>Widens sixteen patterns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> WidenVector(Vector256<ushort> bits)
    {
        return (WideVector(bits) << 16).AsSingle();
    }

    /// <summary>Sixteen 16-bit patterns as 32-bit integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> WideVector(Vector256<ushort> bits)
    {
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector512UInt32(bits);
        (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(bits);
        return Vector512.Create(low, high);
    }

    private static Vector256<uint> NarrowVector(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> odd = (bits >> 16) & Vector256.Create(1u);
        Vector256<uint> rounded = bits + Vector256.Create(HalfUnitMinusOne) + odd;
        Vector256<uint> isNaN = ~Vector256.Equals(value, value).AsUInt32();
        return Vector256.ConditionalSelect(isNaN, bits | Vector256.Create(QuietBit), rounded) >> 16;
    }
}
