namespace Gate.Numerics.NumberFormats;

/// <summary>The element formats of stored tensors.</summary>
public enum NumberFormat
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>The upper 16 bits of binary32.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,

    /// <summary>8-bit float, 4 exponent and 3 mantissa bits, no infinity (OCP E4M3FN).</summary>
    Float8E4M3,

    /// <summary>8-bit float, 5 exponent and 2 mantissa bits (OCP E5M2).</summary>
    Float8E5M2,

    /// <summary>Signed 8-bit integer.</summary>
    Int8,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,

    /// <summary>Signed 16-bit integer.</summary>
    Int16,

    /// <summary>Signed 32-bit integer.</summary>
    Int32,

    /// <summary>Signed 64-bit integer.</summary>
    Int64,

    /// <summary>One byte, 0 or 1.</summary>
    Boolean,
}
