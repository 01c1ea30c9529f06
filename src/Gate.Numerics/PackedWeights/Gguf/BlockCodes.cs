using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>Rounding to the codes of a block's grid, sixteen values at a time.</summary>
internal static class BlockCodes
{
    /// <summary>Lanes of a vector of binary32.</summary>
    public const int Lanes = 16;

    /// <summary>The nearest whole numbers, ties to even, from <paramref name="low"/> to <paramref name="high"/>; what is no number (0 on a grid of no width) gets code 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Nearest(Vector512<float> ratios, float low, float high)
    {
        Vector512<float> numbers = Vector512.ConditionalSelect(Vector512.Equals(ratios, ratios), ratios, Vector512<float>.Zero);
        return Vector512.MinNative(Vector512.MaxNative(Vector512.Round(numbers), Vector512.Create(low)), Vector512.Create(high));
    }

    /// <summary>Thirty-two codes as bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Bytes(Vector512<int> first, Vector512<int> second)
    {
        Vector512<ushort> both = Vector512.Narrow(first.AsUInt32(), second.AsUInt32());
        return Vector256.Narrow(both.GetLower(), both.GetUpper());
    }

    /// <summary>Sixteen unsigned codes as numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Numbers(Vector128<byte> codes)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(codes);
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.Create(low, high));
        return Vector512.ConvertToSingle(Vector512.Create(lower, upper).AsInt32());
    }

    /// <summary>The low halves of sixteen bytes as numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LowHalves(Vector128<byte> codes) => Numbers(codes & Vector128.Create((byte)15));

    /// <summary>The high halves of sixteen bytes as numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> HighHalves(Vector128<byte> codes) => LowHalves((codes.AsUInt16() >> 4).AsByte());

    /// <summary>Turns runs of values into lanes: afterwards the values of all runs at one place are neighbours. Runs that are not there are zeros.</summary>
    /// <param name="values">Runs one after the other, at most sixteen.</param>
    /// <param name="length">Values of a run.</param>
    /// <param name="lanes">[length, 16].</param>
    public static void Interleave(ReadOnlySpan<float> values, int length, Span<float> lanes)
    {
        lanes.Clear();
        for (int run = 0; run < values.Length / length; run++)
        {
            ReadOnlySpan<float> source = values.Slice(run * length, length);
            Span<float> target = lanes[run..];
            for (int i = 0; i < source.Length; i++)
                target[i * Lanes] = source[i];
        }
    }
}
