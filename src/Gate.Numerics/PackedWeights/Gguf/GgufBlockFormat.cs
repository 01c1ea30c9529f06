namespace Gate.Numerics.PackedWeights.Gguf;

/// <summary>Element formats of GGUF tensors, numbered as in the file.</summary>
public enum GgufBlockFormat
{
    /// <summary>binary32.</summary>
    F32 = 0,

    /// <summary>binary16.</summary>
    F16 = 1,

    /// <summary>4 bits, scale; blocks of 32.</summary>
    Q4_0 = 2,

    /// <summary>4 bits, scale and minimum; blocks of 32.</summary>
    Q4_1 = 3,

    /// <summary>5 bits, scale; blocks of 32.</summary>
    Q5_0 = 6,

    /// <summary>5 bits, scale and minimum; blocks of 32.</summary>
    Q5_1 = 7,

    /// <summary>8 bits, scale; blocks of 32.</summary>
    Q8_0 = 8,

    /// <summary>2 bits, 16 sub-blocks with 4-bit scales and minima; blocks of 256.</summary>
    Q2_K = 10,

    /// <summary>3 bits, 16 sub-blocks with 6-bit scales; blocks of 256.</summary>
    Q3_K = 11,

    /// <summary>4 bits, 8 sub-blocks with 6-bit scales and minima; blocks of 256.</summary>
    Q4_K = 12,

    /// <summary>5 bits, 8 sub-blocks with 6-bit scales and minima; blocks of 256.</summary>
    Q5_K = 13,

    /// <summary>6 bits, 16 sub-blocks with 8-bit scales; blocks of 256.</summary>
    Q6_K = 14,

    /// <summary>bfloat16.</summary>
    BF16 = 30,
}

/// <summary>Sizes of the block formats.</summary>
public static class GgufBlockFormats
{
    /// <summary>Values in one block; 1 for the plain formats.</summary>
    public static int ValuesPerBlock(GgufBlockFormat format) => format switch
    {
        GgufBlockFormat.F32 or GgufBlockFormat.F16 or GgufBlockFormat.BF16 => 1,
        GgufBlockFormat.Q4_0 or GgufBlockFormat.Q4_1 or GgufBlockFormat.Q5_0 or GgufBlockFormat.Q5_1 or GgufBlockFormat.Q8_0 => 32,
        GgufBlockFormat.Q2_K or GgufBlockFormat.Q3_K or GgufBlockFormat.Q4_K or GgufBlockFormat.Q5_K or GgufBlockFormat.Q6_K => 256,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not a GGUF block format Gate reads"),
    };

    /// <summary>Bytes of one block.</summary>
    public static int BytesPerBlock(GgufBlockFormat format) => format switch
    {
        GgufBlockFormat.F32 => 4,
        GgufBlockFormat.F16 or GgufBlockFormat.BF16 => 2,
        GgufBlockFormat.Q4_0 => 18,
        GgufBlockFormat.Q4_1 => 20,
        GgufBlockFormat.Q5_0 => 22,
        GgufBlockFormat.Q5_1 => 24,
        GgufBlockFormat.Q8_0 => 34,
        GgufBlockFormat.Q2_K => 84,
        GgufBlockFormat.Q3_K => 110,
        GgufBlockFormat.Q4_K => 144,
        GgufBlockFormat.Q5_K => 176,
        GgufBlockFormat.Q6_K => 210,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not a GGUF block format Gate reads"),
    };
}
