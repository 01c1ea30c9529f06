using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Quantization.GridVectors;

/// <summary>Shape of a float of at most 8 bits.</summary>
internal interface ISmallFloat
{
    /// <summary>Bits of the mantissa.</summary>
    static abstract int MantissaBits { get; }

    /// <summary>What is added to the exponent.</summary>
    static abstract int Bias { get; }

    /// <summary>Largest value; beyond it codes saturate.</summary>
    static abstract float Largest { get; }

    /// <summary>The sign's bit.</summary>
    static abstract int Sign { get; }

    /// <summary>The code, without sign, that is no number, or −1.</summary>
    static abstract int NotANumber { get; }
}

/// <summary>OCP E4M3FN.</summary>
internal readonly struct E4M3 : ISmallFloat
{
    public static int MantissaBits => 3;

    public static int Bias => 7;

    public static float Largest => Float8Conversion.LargestE4M3;

    public static int Sign => 0x80;

    public static int NotANumber => 0x7F;
}

/// <summary>OCP E2M1.</summary>
internal readonly struct E2M1 : ISmallFloat
{
    public static int MantissaBits => 1;

    public static int Bias => 1;

    public static float Largest => Float4Conversion.LargestE2M1;

    public static int Sign => 8;

    public static int NotANumber => -1;
}

/// <summary>
/// Floats of at most 8 bits. Normal ones are binary32 patterns rounded to fewer mantissa bits with the exponent shifted; below, codes are multiples of the smallest.
/// </summary>
internal readonly struct SmallFloatVectors<TFloat> : IElementVectors
    where TFloat : struct, ISmallFloat
{
    private const int SingleBias = 127, SingleMantissa = 23;

    private static int Shift => SingleMantissa - TFloat.MantissaBits;

    // 2^(1 − bias): the smallest normal number; divided by 2^mantissa bits, the smallest of all.
    private static float SmallestNormal => BitConverter.Int32BitsToSingle((SingleBias + 1 - TFloat.Bias) << SingleMantissa);

    private static float PerUnit => 1 / (SmallestNormal / (1 << TFloat.MantissaBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Encode(Vector512<float> ratios)
    {
        Vector512<float> magnitude = Vector512.MinNative(Vector512.Abs(ratios), Vector512.Create(TFloat.Largest));
        Vector512<int> negative = (ratios.AsInt32() >> 31) & Vector512.Create(TFloat.Sign);
        Vector512<int> bits = magnitude.AsInt32();
        Vector512<int> odd = (bits >> Shift) & Vector512<int>.One;

        // A mantissa that rounds up beyond its bits carries into the exponent by itself.
        Vector512<int> normal = ((bits + Vector512.Create((1 << (Shift - 1)) - 1) + odd) >> Shift) - Vector512.Create((SingleBias - TFloat.Bias) << TFloat.MantissaBits);
        Vector512<int> below = Vector512.ConvertToInt32Native(Vector512.Round(magnitude * Vector512.Create(PerUnit)));
        Vector512<int> isBelow = Vector512.LessThan(magnitude, Vector512.Create(SmallestNormal)).AsInt32();
        return Vector512.ConditionalSelect(isBelow, below, normal) | negative;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Element(Vector512<int> codes)
    {
        Vector512<int> magnitude = codes & Vector512.Create(TFloat.Sign - 1);
        Vector512<int> sign = Vector512.Equals(codes & Vector512.Create(TFloat.Sign), Vector512.Create(TFloat.Sign)) & Vector512.Create(int.MinValue);
        Vector512<float> normal = ((magnitude << Shift) + Vector512.Create((SingleBias - TFloat.Bias) << SingleMantissa)).AsSingle();
        Vector512<float> below = Vector512.ConvertToSingle(magnitude) * Vector512.Create(1 / PerUnit);
        Vector512<int> isBelow = Vector512.LessThan(magnitude, Vector512.Create(1 << TFloat.MantissaBits));
        Vector512<float> value = Vector512.ConditionalSelect(isBelow.AsSingle(), below, normal);
        value = Vector512.ConditionalSelect(Vector512.Equals(magnitude, Vector512.Create(TFloat.NotANumber)).AsSingle(), Vector512.Create(float.NaN), value);
        return (value.AsInt32() | sign).AsSingle();
    }
}
