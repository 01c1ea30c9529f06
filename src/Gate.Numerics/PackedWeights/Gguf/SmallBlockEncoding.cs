using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>Writes Q8_0, Q4_0 and Q4_1 as the formats' own encoder does: a block of 32 values is two vectors.</summary>
internal static class SmallBlockEncoding
{
    private const int Lanes = BlockCodes.Lanes;

    // absmax / 127; rounds half away from zero.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void EncodeQ8_0(ReadOnlySpan<float> values, Span<byte> block)
    {
        (Vector512<float> first, Vector512<float> second) = Load(values);
        float scale = Largest(Vector512.MaxNative(Vector512.Abs(first), Vector512.Abs(second))) / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        SmallBlocks.WriteHalf(block, scale);
        BlockCodes.Bytes(AwayFromZero(first * Vector512.Create(inverse)), AwayFromZero(second * Vector512.Create(inverse))).CopyTo(block[2..]);
    }

    // The value of largest magnitude, with its sign, lands on −8 exactly; the scale may be negative.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void EncodeQ4_0(ReadOnlySpan<float> values, Span<byte> block)
    {
        (Vector512<float> first, Vector512<float> second) = Load(values);
        float scale = Extreme(first, second, values) / -8;
        float inverse = scale == 0 ? 0 : 1 / scale;
        SmallBlocks.WriteHalf(block, scale);
        Vector512<float> by = Vector512.Create(inverse), half = Vector512.Create(8.5f);
        WriteNibbles((first * by) + half, (second * by) + half, block[2..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void EncodeQ4_1(ReadOnlySpan<float> values, Span<byte> block)
    {
        (Vector512<float> first, Vector512<float> second) = Load(values);
        float smallest = -Largest(Vector512.Max(-first, -second)), largest = Largest(Vector512.Max(first, second));
        float scale = (largest - smallest) / 15;
        float inverse = scale == 0 ? 0 : 1 / scale;
        SmallBlocks.WriteHalf(block, scale);
        SmallBlocks.WriteHalf(block[2..], smallest);
        Vector512<float> from = Vector512.Create(smallest), by = Vector512.Create(inverse), half = Vector512.Create(0.5f);
        WriteNibbles(((first - from) * by) + half, ((second - from) * by) + half, block[4..]);
    }

    private static (Vector512<float> First, Vector512<float> Second) Load(ReadOnlySpan<float> values) => (Vector512.Create(values), Vector512.Create(values[Lanes..]));

    // The larger of −0 and 0 is 0: which of them a block begins with is written.
    private static float Largest(Vector512<float> values)
    {
        Vector256<float> eight = Vector256.Max(values.GetLower(), values.GetUpper());
        Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }

    // Of several the first.
    private static float Extreme(Vector512<float> first, Vector512<float> second, ReadOnlySpan<float> values)
    {
        Vector512<float> low = Vector512.Abs(first), high = Vector512.Abs(second);
        float largest = Largest(Vector512.MaxNative(low, high));
        if (largest == 0)
            return 0;
        Vector512<float> wanted = Vector512.Create(largest);
        ulong at = Vector512.Equals(low, wanted).ExtractMostSignificantBits() | (Vector512.Equals(high, wanted).ExtractMostSignificantBits() << Lanes);
        return values[BitOperations.TrailingZeroCount(at)];
    }

    private static Vector512<int> AwayFromZero(Vector512<float> values)
    {
        Vector512<float> whole = Vector512.Truncate(values), one = Vector512.CopySign(Vector512<float>.One, values);
        Vector512<float> up = Vector512.GreaterThanOrEqual(Vector512.Abs(values - whole), Vector512.Create(0.5f));
        return Vector512.ConvertToInt32(whole + (up & one));
    }

    // Codes of 16 values in the low halves of 16 bytes, those of the other 16 in the high halves.
    private static void WriteNibbles(Vector512<float> first, Vector512<float> second, Span<byte> block)
    {
        var most = Vector512.Create(15);
        Vector512<int> low = Vector512.Min(most, Vector512.ConvertToInt32(first)), high = Vector512.Min(most, Vector512.ConvertToInt32(second));
        Vector512<int> both = low | (high << 4);
        BlockCodes.Bytes(both, both).GetLower().CopyTo(block);
    }
}
