namespace Gate.Compression.Quantization;

/// <summary>The NF4 data type of QLoRA (Dettmers et al. 2023): 16 values from −1 to 1, 0 among them, as bitsandbytes lists them.</summary>
public static class NormalFloat4
{
    /// <summary>Code of the value 0.</summary>
    public const byte Zero = 7;

    private static readonly float[] Table =
    [
        -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
        -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
        0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
    ];

    // Half way between neighbours; a value exactly there goes down, as in the reference kernel's comparisons.
    private static readonly float[] Halves = [.. Enumerable.Range(0, Table.Length - 1).Select(i => (float)(((double)Table[i] + Table[i + 1]) / 2))];

    /// <summary>The values in ascending order; the code is the index.</summary>
    public static ReadOnlySpan<float> Values => Table;

    /// <summary>Between every two neighbours the largest value that still goes to the lower one.</summary>
    internal static ReadOnlySpan<float> Bounds => Halves;

    /// <summary>The code nearest to a value; beyond ±1 the first or last.</summary>
    public static byte Encode(float value)
    {
        int code = 0;
        while (code < Bounds.Length && value > Bounds[code])
            code++;
        return (byte)code;
    }
}
