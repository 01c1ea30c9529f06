namespace Gate.Numerics.NumberFormats;

/// <summary>4-bit floats with 2 exponent bits and 1 mantissa bit, bias 1, neither infinity nor NaN (OCP E2M1): 0, ½, 1, 1½, 2, 3, 4, 6 and their negatives.</summary>
public static class Float4Conversion
{
    /// <summary>The largest value.</summary>
    public const float LargestE2M1 = 6;

    private static readonly float[] Values = [0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f, -0f, -0.5f, -1f, -1.5f, -2f, -3f, -4f, -6f];

    /// <summary>The value of the lower four bits; exact in binary32.</summary>
    public static float WidenE2M1(byte bits) => Values[bits & 15];

    /// <summary>The nearest float, ties to the even mantissa; saturates at ±6.</summary>
    /// <param name="value">Not NaN.</param>
    public static byte NarrowE2M1(float value)
    {
        float magnitude = MathF.Abs(value);
        int sign = float.IsNegative(value) ? 8 : 0;
        if (magnitude >= LargestE2M1)
            return (byte)(sign | 7);
        if (magnitude < 1)
            return (byte)(sign | (int)MathF.Round(2 * magnitude));

        // m in [2, 4]; a mantissa that rounds up to 4 carries into the exponent by itself.
        int exponent = magnitude >= 4 ? 2 : magnitude >= 2 ? 1 : 0;
        int mantissa = (int)MathF.Round(MathF.ScaleB(magnitude, 1 - exponent));
        return (byte)(sign | (((exponent + 1) << 1) + mantissa - 2));
    }
}
