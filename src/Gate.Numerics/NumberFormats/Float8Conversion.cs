namespace Gate.Numerics.NumberFormats;

/// <summary>8-bit floats with 4 exponent and 3 mantissa bits, bias 7, no infinity, NaN where all seven lower bits are set (OCP E4M3FN).</summary>
public static class Float8Conversion
{
    private static readonly float[] Values = [.. Enumerable.Range(0, 256).Select(bits => Compute((byte)bits))];

    /// <summary>The value of the bits; exact in binary32.</summary>
    public static float WidenE4M3(byte bits) => Values[bits];

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
