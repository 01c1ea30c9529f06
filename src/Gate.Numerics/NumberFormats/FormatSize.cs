namespace Gate.Numerics.NumberFormats;

/// <summary>How many bytes an element takes in storage.</summary>
public static class FormatSize
{
    /// <summary>Bytes of one element.</summary>
    /// <param name="format">A defined format.</param>
    /// <exception cref="ArgumentOutOfRangeException">The format is not defined.</exception>
    public static int BytesOf(NumberFormat format) => format switch
    {
        NumberFormat.Float8E4M3 or NumberFormat.Float8E5M2 or NumberFormat.Int8 or NumberFormat.UInt8 or NumberFormat.Boolean => 1,
        NumberFormat.Float16 or NumberFormat.BFloat16 or NumberFormat.Int16 => 2,
        NumberFormat.Float32 or NumberFormat.Int32 => 4,
        NumberFormat.Float64 or NumberFormat.Int64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not a number format"),
    };
}
