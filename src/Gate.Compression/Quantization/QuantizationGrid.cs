using Gate.Compression.Quantization.GridVectors;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Quantization;

/// <summary>
/// The grid of a group of weights: a scale, and what its codes stand for. Integers: <c>code = clamp(round(w / scale) + zero, low, high)</c>,
/// <c>ŵ = scale · (code − zero)</c>. Floats and NF4: the code of the element nearest to <c>w / scale</c>, <c>ŵ = scale · element</c>. Rounding half to
/// even, all in binary32. Codes are unsigned; <see cref="Zero"/> is a code, so 0 is always on the grid exactly.
/// </summary>
/// <param name="Scale">What elements are multiplied by; positive. For integers the distance of neighbouring values.</param>
/// <param name="Zero">Code of the value 0.</param>
/// <param name="Low">Smallest code in use.</param>
/// <param name="High">Largest code in use.</param>
/// <param name="Elements">What the codes stand for.</param>
public readonly record struct QuantizationGrid(float Scale, int Zero, int Low, int High, GridElements Elements = GridElements.Integer)
{
    /// <summary>The code nearest to a finite weight.</summary>
    public byte Encode(float weight) => Elements switch
    {
        GridElements.Integer => (byte)Math.Clamp(MathF.Round(weight / Scale) + Zero, Low, High),
        GridElements.Float8E4M3 => Float8Conversion.NarrowE4M3(weight / Scale),
        GridElements.NormalFloat4 => NormalFloat4.Encode(weight / Scale),
        _ => Float4Conversion.NarrowE2M1(weight / Scale),
    };

    /// <summary>The value of a code.</summary>
    public float Decode(int code) => Scale * Element(code);

    /// <summary>What a code stands for before the scale.</summary>
    public float Element(int code) => Elements switch
    {
        GridElements.Integer => code - Zero,
        GridElements.Float8E4M3 => Float8Conversion.WidenE4M3((byte)code),
        GridElements.NormalFloat4 => NormalFloat4.Values[code],
        _ => Float4Conversion.WidenE2M1((byte)code),
    };

    /// <summary>The grid value nearest to a finite weight.</summary>
    public float Round(float weight) => Decode(Encode(weight));

    /// <summary>The codes nearest to finite weights.</summary>
    /// <param name="weights">Weights.</param>
    /// <param name="codes">Room for one code each.</param>
    public void Encode(ReadOnlySpan<float> weights, Span<byte> codes) => GridSpans.Encode(this, weights, codes);

    /// <summary>The values of codes.</summary>
    /// <param name="codes">Codes.</param>
    /// <param name="values">Room for one value each.</param>
    public void Decode(ReadOnlySpan<byte> codes, Span<float> values) => GridSpans.Decode(this, codes, values);

    /// <summary>The grid values nearest to finite weights.</summary>
    /// <param name="weights">Weights.</param>
    /// <param name="values">Room for one value each; may be the weights' own memory.</param>
    public void Round(ReadOnlySpan<float> weights, Span<float> values) => GridSpans.Round(this, weights, values, scaled: true);

    /// <summary>What the codes of finite weights stand for before the scale.</summary>
    /// <param name="weights">Weights.</param>
    /// <param name="elements">Room for one element each.</param>
    public void RoundToElements(ReadOnlySpan<float> weights, Span<float> elements) => GridSpans.Round(this, weights, elements, scaled: false);

    /// <summary>The grid of a group of weights.</summary>
    /// <param name="weights">The group, finite; pruned weights may be among them, since every range contains 0.</param>
    /// <param name="options">Which grid.</param>
    public static QuantizationGrid Fit(ReadOnlySpan<float> weights, GridOptions options)
    {
        if (options.WholeRange is { } whole)
            return FromRange(whole.Minimum, whole.Maximum, options);
        (float minimum, float maximum) = RangeOf(weights);
        return options.Clipping is { } clipping
            ? SearchClipping(weights, minimum, maximum, options, clipping)
            : FromRange(minimum, maximum, options);
    }

    /// <summary>The smallest and the largest weight, widened to contain 0.</summary>
    public static (float Minimum, float Maximum) RangeOf(ReadOnlySpan<float> weights) => GridSpans.Range(weights);

    /// <summary>The grid of a range that contains 0.</summary>
    /// <param name="minimum">At most 0.</param>
    /// <param name="maximum">At least 0.</param>
    /// <param name="options">Which grid.</param>
    public static QuantizationGrid FromRange(float minimum, float maximum, GridOptions options) =>
        options.Range == SymmetricRange.Reference
            ? FromReferenceRange(ReferenceRange(minimum, maximum, options), options)
            : FromOwnRange(minimum, maximum, options);

    /// <summary>Enough to leave a tie behind in binary32, and nothing else. Ties go to even codes, which are those away from zero.</summary>
    internal const float BeyondTie = 1 + (1f / (1 << 20));

    /// <summary>
    /// Whether a weight is the one that its symmetric grid of 2^b codes was fitted to. It lies exactly between two codes, (2^b − 1) / 2 steps from zero; whether
    /// binary32 computes that quotient or its neighbour is chance, which a weight that gathered rounding errors on its way should not decide.
    /// </summary>
    /// <param name="weight">The weight.</param>
    /// <param name="options">What the grid was fitted with.</param>
    internal bool IsFittedTo(float weight, GridOptions options) =>
        options is { Symmetric: true, Elements: GridElements.Integer, Clipping: null, WholeRange: null, HalfScales: false, BFloat16Scales: false, Range: not SymmetricRange.Restricted }
        && MathF.Abs(weight) > Scale * (options.MaximumCode / 2f) * (2 - BeyondTie);

    /// <summary>The same codes with the storable scale nearest to another one.</summary>
    /// <param name="scale">Positive.</param>
    /// <param name="options">Which grid.</param>
    internal QuantizationGrid Rescaled(double scale, GridOptions options) => this with
    {
        Scale = Elements == GridElements.Float4E2M1
            ? MathF.ScaleB(1, Math.Clamp((int)Math.Round(Math.Log2(scale)), LeastExponent, -LeastExponent))
            : StoredScale(scale, options),
    };

    private static QuantizationGrid FromOwnRange(float minimum, float maximum, GridOptions options)
    {
        if (options.Elements != GridElements.Integer)
            return FromLargest(Math.Max(-(double)minimum, maximum), options);
        int levels = options.MaximumCode;
        int middle = 1 << (options.Bits - 1);
        if (!options.Symmetric)
        {
            float step = StoredScale(((double)maximum - minimum) / levels, options);
            return new QuantizationGrid(step, (int)Math.Clamp(MathF.Round(-minimum / step), 0, levels), 0, levels);
        }

        double largest = Math.Max(-(double)minimum, maximum);
        return options.Range == SymmetricRange.Full
            ? new QuantizationGrid(StoredScale(2 * largest / levels, options), middle, 0, levels)
            : new QuantizationGrid(StoredScale(largest / (middle - 1), options), middle, 1, levels);
    }

    // Elements of their own spacing: the scale takes the largest magnitude to the largest element, or, where it is a power of two (E8M0), to the same binade.
    private static QuantizationGrid FromLargest(double largest, GridOptions options) => options.Elements switch
    {
        GridElements.Float8E4M3 => new(StoredScale(largest / Float8Conversion.LargestE4M3, options), 0, 0, byte.MaxValue, options.Elements),
        GridElements.NormalFloat4 => new(StoredScale(largest, options), NormalFloat4.Zero, 0, 15, options.Elements),
        _ => new(largest == 0 ? 1f : MathF.ScaleB(1, Math.Clamp(Math.ILogB(largest) - 2, LeastExponent, -LeastExponent)), 0, 0, 15, options.Elements),
    };

    // The exponents of E8M0.
    private const int LeastExponent = -127;

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
        return options.HalfScales ? NearestHalf(scale) : (float)Math.Clamp(scale, float.Epsilon, float.MaxValue);
    }

    // Normal numbers keep 10 bits of the mantissa, ties to even, by one addition: the framework's conversion takes as long as rounding a group.
    private static float NearestHalf(double scale)
    {
        const double SmallestNormalHalf = 6.103515625e-5;
        const int Dropped = 52 - 10;
        if (scale is < SmallestNormalHalf or > 65504)
            return (float)(Half)Math.Clamp(scale, (double)Half.Epsilon, (double)Half.MaxValue);
        long bits = BitConverter.DoubleToInt64Bits(scale);
        bits += (1L << (Dropped - 1)) - 1 + ((bits >> Dropped) & 1);
        return (float)BitConverter.Int64BitsToDouble(bits & -(1L << Dropped));
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

    private static QuantizationGrid FromReferenceRange((float Minimum, float Maximum) range, GridOptions options)
    {
        int levels = options.MaximumCode;
        float scale = (range.Maximum - range.Minimum) / levels;
        if (scale == 0)
            scale = float.Epsilon;
        int zero = options.Symmetric ? (levels + 1) / 2 : (int)MathF.Round(-range.Minimum / scale);
        return new QuantizationGrid(scale, zero, 0, levels);
    }

    private static QuantizationGrid SearchClipping(
        ReadOnlySpan<float> weights, float minimum, float maximum, GridOptions options, GridClipping clipping)
    {
        // The reference mirrors before it shrinks.
        bool reference = options.Range == SymmetricRange.Reference;
        (float low, float high) = reference ? ReferenceRange(minimum, maximum, options) : (minimum, maximum);
        QuantizationGrid best = reference ? FromReferenceRange((low, high), options) : FromOwnRange(low, high, options);
        double bestError = double.PositiveInfinity;

        // Errors are compared and nothing more: their unit is one no difference exceeds.
        double unit = 4 * Math.Max(-(double)minimum, maximum);
        if (unit == 0)
            return best;
        Span<float> rounded = weights.Length <= 1024 ? stackalloc float[weights.Length] : new float[weights.Length];
        for (int i = 0; i < (int)(clipping.Shrink * clipping.Steps); i++)
        {
            float share = (float)(1 - (double)i / clipping.Steps);
            QuantizationGrid grid = reference
                ? FromReferenceRange((share * low, share * high), options)
                : FromOwnRange(share * low, share * high, options);
            grid.Round(weights, rounded);
            double error = ErrorSums.Powers(weights, rounded, clipping.Exponent, unit, bestError);
            if (error < bestError)
                (best, bestError) = (grid, error);
        }

        return best;
    }
}
