using System.Globalization;

namespace Gate.Core.Configuration;

/// <summary>Byte counts as people write them: <c>1500000</c>, <c>"700 MB"</c>, <c>"1.5 GiB"</c>.</summary>
public static class ByteSize
{
    private static readonly (string Suffix, double Factor)[] Units =
    [
        ("KiB", 1024), ("MiB", 1048576), ("GiB", 1073741824), ("TiB", 1099511627776), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
    ];

    /// <summary>Reads a size; null when the text is none, is not positive, or does not fit 63 bits.</summary>
    public static long? Parse(string text)
    {
        string number = text.Trim();
        double factor = 1;
        foreach ((string suffix, double unit) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                (number, factor) = (number[..^suffix.Length].TrimEnd(), unit);
                break;
            }
        }

        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            return null;
        double bytes = Math.Floor(value * factor);
        return bytes is >= 1 and < long.MaxValue ? (long)bytes : null;
    }

    /// <summary>A size for people: <c>2.5 MiB</c>.</summary>
    public static string Format(long bytes)
    {
        (string unit, double factor) = Units.Take(4).Reverse().FirstOrDefault(u => bytes >= u.Factor, ("B", 1));
        return factor == 1 ? $"{bytes} B" : $"{(bytes / factor).ToString("0.00", CultureInfo.InvariantCulture)} {unit}";
    }
}
