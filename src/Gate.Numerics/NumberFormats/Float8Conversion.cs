namespace Gate.Numerics.NumberFormats;

/// <summary>8-bit floats with 4 exponent and 3 mantissa bits, bias 7, no infinity, NaN where all seven lower bits are set (OCP E4M3FN).</summary>
public static class Float8Conversion
{
    private static readonly float[] Values = [.. Enumerable.Range(0, 256).Select(bits => Compute((byte)bits))];

    /// <summary>The value of the bits; exact in binary32.</summary>
    public static float WidenE4M3(byte bits) => Values[bits];

    /// <summary>The largest finite value.</summary>
    public const float LargestE4M3 = 448;

    /// <summary>The nearest float, ties to the even mantissa; saturates at ±448, and NaN stays NaN.</summary>
    public static byte NarrowE4M3(float value)
    {
        int sign = float.IsNegative(value) ? 0x80 : 0;
        float magnitude = MathF.Abs(value);
        if (float.IsNaN(value))
            return (byte)(sign | 0x7F);
        if (magnitude >= LargestE4M3)
            return (byte)(sign | 0x7E);
        if (magnitude < 1f / 64)
            return (byte)(sign | (int)MathF.Round(512 * magnitude));

        // m in [8, 16]; a mantissa that rounds up to 16 carries into the exponent by itself.
        int exponent = MathF.ILogB(magnitude);
        int mantissa = (int)MathF.Round(MathF.ScaleB(magnitude, 3 - exponent));
        return (byte)(sign | (((exponent + 7) << 3) + mantissa - 8));
    }

    private static float Compute(byte bits)
    {
        int exponent = (bits >> 3) & 15, mantissa = bits & 7;
        float magnitude = (exponent, mantissa) switch
        {
            (15, 7) => float.NaN,
            (0, _) => MathF.ScaleB(mantissa, -9),
            _ => MathF.ScaleB(8 + mantissa, exponent - 10),
        };
        return (bits & 0x80) == 0 ? magnitude : -magnitude;
    }
}
