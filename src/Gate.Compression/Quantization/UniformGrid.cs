using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Quantization;

/// <summary>
/// A uniform grid: <c>code = clamp(round(w / scale) + zero, low, high)</c>, <c>ŵ = scale · (code − zero)</c>, rounding half to even, all in binary32.
/// Codes are unsigned; <see cref="Zero"/> is a code, so 0 is always on the grid exactly.
/// </summary>
/// <param name="Scale">Distance of neighbouring values; positive.</param>
/// <param name="Zero">Code of the value 0.</param>
/// <param name="Low">Smallest code in use.</param>
/// <param name="High">Largest code in use.</param>
public readonly record struct UniformGrid(float Scale, int Zero, int Low, int High)
{
    /// <summary>The code nearest to a finite weight.</summary>
    public byte Encode(float weight) => (byte)Math.Clamp(MathF.Round(weight / Scale) + Zero, Low, High);

    /// <summary>The value of a code.</summary>
    public float Decode(int code) => Scale * (code - Zero);

    /// <summary>The grid value nearest to a finite weight.</summary>
    public float Round(float weight) => Decode(Encode(weight));

    /// <summary>The grid of a group of weights.</summary>
    /// <param name="weights">The group, finite; pruned weights may be among them, since every range contains 0.</param>
    /// <param name="options">Which grid.</param>
    public static UniformGrid Fit(ReadOnlySpan<float> weights, GridOptions options)
    {
        float minimum = 0f, maximum = 0f;
        foreach (float weight in weights)
        {
            minimum = MathF.Min(minimum, weight);
            maximum = MathF.Max(maximum, weight);
        }

        return options.Clipping is { } clipping
            ? SearchClipping(weights, minimum, maximum, options, clipping)
            : FromRange(minimum, maximum, options);
    }

    /// <summary>The grid of a range that contains 0.</summary>
    /// <param name="minimum">At most 0.</param>
    /// <param name="maximum">At least 0.</param>
    /// <param name="options">Which grid.</param>
    public static UniformGrid FromRange(float minimum, float maximum, GridOptions options) =>
        options.Range == SymmetricRange.Reference
            ? FromReferenceRange(ReferenceRange(minimum, maximum, options), options)
            : FromOwnRange(minimum, maximum, options);

    private static UniformGrid FromOwnRange(float minimum, float maximum, GridOptions options)
    {
        int levels = options.MaximumCode;
        int middle = 1 << (options.Bits - 1);
        if (!options.Symmetric)
        {
            float step = StoredScale(((double)maximum - minimum) / levels, options);
            return new UniformGrid(step, (int)Math.Clamp(MathF.Round(-minimum / step), 0, levels), 0, levels);
        }

        double largest = Math.Max(-(double)minimum, maximum);
        return options.Range == SymmetricRange.Full
            ? new UniformGrid(StoredScale(2 * largest / levels, options), middle, 0, levels)
            : new UniformGrid(StoredScale(largest / (middle - 1), options), middle, 1, levels);
    }

    private const double SmallestNormal = 1.17549435e-38, LargestBFloat16 = 3.3895313892515355e38;

    // A group of zeros gets scale 1; a scale too small for its format becomes the smallest there is, one too large the largest.
    private static float StoredScale(double scale, GridOptions options)
    {
        if (scale == 0)
            return 1f;
        if (options is { HasStoredMinimum: true, Symmetric: false })
            return ScaleOfMinimum(scale);
        if (options.BFloat16Scales)
            return BFloat16Conversion.Widen(BFloat16Conversion.Narrow((float)Math.Clamp(scale, SmallestNormal, LargestBFloat16)));
        return options.HalfScales
            ? (float)(Half)Math.Clamp(scale, (double)Half.Epsilon, (double)Half.MaxValue)
            : (float)Math.Clamp(scale, float.Epsilon, float.MaxValue);
    }

    // 7 significant bits times a zero code of 4 bits are the 11 of binary16; not below its subnormals, nor beyond its range with code 15.
    private static float ScaleOfMinimum(double scale)
    {
        const int SignificantBits = 7, SmallestExponent = -24;
        const double Largest = 4352;
        scale = Math.Min(scale, Largest);
        double unit = Math.ScaleB(1, Math.Max(Math.ILogB(scale) - (SignificantBits - 1), SmallestExponent));
        return (float)Math.Max(unit, Math.Round(scale / unit) * unit);
    }

    // The reference mirrors the minimum only when there is a negative weight, and gives a row of zeros the range ±1.
    private static (float Minimum, float Maximum) ReferenceRange(float minimum, float maximum, GridOptions options)
    {
        if (options.Symmetric)
        {
            maximum = MathF.Max(MathF.Abs(minimum), maximum);
            if (minimum < 0)
                minimum = -maximum;
        }

        return minimum == 0 && maximum == 0 ? (-1f, 1f) : (minimum, maximum);
    }

    private static UniformGrid FromReferenceRange((float Minimum, float Maximum) range, GridOptions options)
    {
        int levels = options.MaximumCode;
        float scale = (range.Maximum - range.Minimum) / levels;
        if (scale == 0)
            scale = float.Epsilon;
        int zero = options.Symmetric ? (levels + 1) / 2 : (int)MathF.Round(-range.Minimum / scale);
        return new UniformGrid(scale, zero, 0, levels);
    }

    private static UniformGrid SearchClipping(
        ReadOnlySpan<float> weights, float minimum, float maximum, GridOptions options, GridClipping clipping)
    {
        // The reference mirrors before it shrinks.
        bool reference = options.Range == SymmetricRange.Reference;
        (float low, float high) = reference ? ReferenceRange(minimum, maximum, options) : (minimum, maximum);
        UniformGrid best = reference ? FromReferenceRange((low, high), options) : FromOwnRange(low, high, options);
        double bestError = double.PositiveInfinity;
        for (int i = 0; i < (int)(clipping.Shrink * clipping.Steps); i++)
        {
            float share = (float)(1 - (double)i / clipping.Steps);
            UniformGrid grid = reference
                ? FromReferenceRange((share * low, share * high), options)
                : FromOwnRange(share * low, share * high, options);
            double error = 0;
            foreach (float weight in weights)
                error += Math.Pow(Math.Abs((double)grid.Round(weight) - weight), clipping.Exponent);
            if (error < bestError)
                (best, bestError) = (grid, error);
        }

        return best;
    }
}
