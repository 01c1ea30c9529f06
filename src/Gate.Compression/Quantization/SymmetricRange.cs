namespace Gate.Compression.Quantization;

/// <summary>Which symmetric grid: what the largest magnitude of a group maps to.</summary>
public enum SymmetricRange
{
    /// <summary>
    /// Scale <c>absmax / (2^(b−1) − 1)</c>, codes ±(2^(b−1) − 1): nothing clips, one code stays unused. Gate's default (AWQ without zero points).
    /// </summary>
    Restricted,

    /// <summary>
    /// Scale <c>2·absmax / (2^b − 1)</c>, codes −2^(b−1) … 2^(b−1) − 1: all codes used, the positive end clips by half a step (compressed-tensors).
    /// </summary>
    Full,

    /// <summary>
    /// <see cref="Full"/> exactly as GPTQ's reference quantiser computes it in binary32: a group without negative weights keeps a minimum of 0, gets
    /// half the scale and saturates. For parity with results of that code only.
    /// </summary>
    Reference,
}
