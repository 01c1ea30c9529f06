namespace Gate.Compression.Quantization;

/// <summary>What the codes of a grid stand for before they are multiplied by the scale of their group.</summary>
public enum GridElements
{
    /// <summary>Evenly spaced integers.</summary>
    Integer,

    /// <summary>8-bit floats with 4 exponent and 3 mantissa bits (OCP E4M3FN); the scale is absmax / 448, the code is the float's bits.</summary>
    Float8E4M3,

    /// <summary>
    /// The 16 values of NF4 (Dettmers et al. 2023, QLoRA), quantiles of a normal distribution; the scale is absmax, the code is the index in ascending order.
    /// </summary>
    NormalFloat4,

    /// <summary>
    /// 4-bit floats with 2 exponent bits and 1 mantissa bit (OCP MXFP4); the scale is a power of two, 2^(⌊log₂ absmax⌋ − 2), the code is the float's bits.
    /// </summary>
    Float4E2M1,
}
