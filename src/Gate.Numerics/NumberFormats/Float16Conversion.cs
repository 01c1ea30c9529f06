using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;

namespace Gate.Numerics.NumberFormats;

/// <summary>
/// Conversion between IEEE 754 binary16 and binary32, subnormals included. Widening is exact. Narrowing rounds to nearest, ties to even;
/// overflow becomes infinity, and a NaN stays a NaN of the same sign (quiet, upper payload bits kept).
/// </summary>
/// <remarks>
/// Widening moves the bits into place and multiplies by 2¹¹², the difference of the exponent biases: exact, also for subnormals.
/// Narrowing lets the floating-point adder round: a magic number whose unit in the last place is that of the binary16 result is added and
/// removed.
/// </remarks>
public static class Float16Conversion
{
    private const uint SignMask = 0x8000_0000;
    private const uint MagnitudeMask = 0x7FFF_FFFF;
    private const uint Infinity = 0x7F80_0000;
    private const uint SmallestSpecial = 0x0F80_0000;  // exponent 31 of binary16, moved into place
    private const float BiasDifference = 5.192296858534828e33f; // 2^112
    private const uint SmallestNormal = 0x3880_0000;   // 2^-14
    private const uint FirstOverflow = 0x4780_0000;    // 2^16: binary16 infinity from here at the latest
    private const uint SubnormalMagic = 0x3F00_0000;   // 0.5: its unit in the last place is 2^-24

    /// <summary>Widens one binary16 pattern.</summary>
    /// <param name="bits">The 16 stored bits.</param>
    public static float Widen(ushort bits)
    {
        uint magnitude = (bits & 0x7FFFu) << 13;
        uint scaled = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(magnitude) * BiasDifference);
        if (magnitude >= SmallestSpecial)
            scaled |= Infinity;
        return BitConverter.UInt32BitsToSingle(scaled | ((bits & 0x8000u) << 16));
    }

    /// <summary>Narrows one value.</summary>
    /// <param name="value">Any binary32 value.</param>
    public static ushort Narrow(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint sign = (bits & SignMask) >> 16;
        uint magnitude = bits & MagnitudeMask;
        if (magnitude > Infinity)
            return (ushort)(sign | 0x7E00 | ((magnitude >> 13) & 0x3FF));
        if (magnitude >= FirstOverflow)
            return (ushort)(sign | 0x7C00);
        if (magnitude < SmallestNormal)
        {
            float shifted = BitConverter.UInt32BitsToSingle(magnitude) + BitConverter.UInt32BitsToSingle(SubnormalMagic);
            return (ushort)(sign | (BitConverter.SingleToUInt32Bits(shifted) - SubnormalMagic));
        }

        uint rounded = magnitude - (112u << 23) + 0xFFF + ((magnitude >> 13) & 1);
        return (ushort)(sign | (rounded >> 13));
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
                Vector256<uint> low = NarrowVector(Vector256.LoadUnsafe(ref from, i).AsUInt32());
                Vector256<uint> high = NarrowVector(Vector256.LoadUnsafe(ref from, i + 8).AsUInt32());
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
        Vector512<uint> wide = BFloat16Conversion.WideVector(bits);
        Vector512<uint> magnitude = (wide & Vector512.Create(0x7FFFu)) << 13;
        Vector512<uint> scaled = (magnitude.AsSingle() * Vector512.Create(BiasDifference)).AsUInt32();
        Vector512<uint> special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(SmallestSpecial));
        Vector512<uint> sign = (wide & Vector512.Create(0x8000u)) << 16;
        return (scaled | sign | (special & Vector512.Create(Infinity))).AsSingle();
    }

    private static Vector256<uint> NarrowVector(Vector256<uint> bits)
    {
        Vector256<uint> sign = (bits & Vector256.Create(SignMask)) >> 16;
        Vector256<uint> magnitude = bits & Vector256.Create(MagnitudeMask);
        Vector256<uint> odd = (magnitude >> 13) & Vector256.Create(1u);
        Vector256<uint> normal = (magnitude - Vector256.Create((112u << 23) - 0xFFF) + odd) >> 13;
        Vector256<float> shifted = magnitude.AsSingle() + Vector256.Create(SubnormalMagic).AsSingle();
        Vector256<uint> subnormal = shifted.AsUInt32() - Vector256.Create(SubnormalMagic);
        Vector256<uint> nan = Vector256.Create(0x7E00u) | ((magnitude >> 13) & Vector256.Create(0x3FFu));
        Vector256<uint> result = Vector256.ConditionalSelect(
            Vector256.LessThan(magnitude, Vector256.Create(SmallestNormal)), subnormal, normal);
        result = Vector256.ConditionalSelect(
            Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(FirstOverflow)), Vector256.Create(0x7C00u), result);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(Infinity)), nan, result);
        return result | sign;
    }
}
