using System.Globalization;

namespace Gate.Models.Tokenization.Reading;

/// <summary>
/// A number of a JSON file as the reference rounds it. Its reader takes the digits as one whole number and divides by a power of ten, which may miss the
/// nearest double by a bit; sums of scores that are equal in one reading and not in the other decide which of two segmentations is taken.
/// </summary>
internal static class ReferenceNumber
{
    private const int LargestPower = 308;

    private static readonly double[] Powers =
        [.. Enumerable.Range(0, LargestPower + 1).Select(power => double.Parse($"1e{power}", CultureInfo.InvariantCulture))];

    /// <summary>The value of a number as JSON spells it.</summary>
    public static double Parse(ReadOnlySpan<byte> text)
    {
        ulong digits = 0;
        long exponent = 0;
        int position = text[0] == '-' ? 1 : 0;
        bool isFull = false;
        for (; position < text.Length && char.IsAsciiDigit((char)text[position]); position++)
        {
            isFull = isFull || !TryAppend(ref digits, text[position]);
            exponent += isFull ? 1 : 0;
        }

        if (position < text.Length && text[position] == '.')
        {
            // Digits that find no room are left out.
            isFull = false;
            for (position++; position < text.Length && char.IsAsciiDigit((char)text[position]); position++)
            {
                isFull = isFull || !TryAppend(ref digits, text[position]);
                exponent -= isFull ? 0 : 1;
            }
        }

        if (position < text.Length)
            exponent += Exponent(text[(position + 1)..]);
        double value = Scale(digits, exponent);
        return text[0] == '-' ? -value : value;
    }

    private static bool TryAppend(ref ulong digits, byte digit)
    {
        ulong value = (ulong)(digit - '0');
        if (digits > (ulong.MaxValue - value) / 10)
            return false;
        digits = (digits * 10) + value;
        return true;
    }

    private static long Exponent(ReadOnlySpan<byte> text)
    {
        long value = 0;
        foreach (byte digit in text.TrimStart("+-"u8))
            value = Math.Min((value * 10) + digit - '0', int.MaxValue);
        return text[0] == '-' ? -value : value;
    }

    private static double Scale(ulong digits, long exponent)
    {
        double value = digits;
        for (; exponent < -LargestPower && value != 0; exponent += LargestPower)
            value /= Powers[LargestPower];
        return value == 0 ? 0 : exponent > LargestPower ? double.PositiveInfinity : exponent >= 0 ? value * Powers[exponent] : value / Powers[-exponent];
    }
}
