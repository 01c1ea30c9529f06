using System.Globalization;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Numbers as Python prints them.</summary>
internal static class NumberForm
{
    /// <summary><c>repr</c> of a float: the shortest digits that give it back, with an exponent below 1e-4 and from 1e16.</summary>
    public static string Of(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        string shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        string round = value.ToString("R", CultureInfo.InvariantCulture);
        string digits = string.Concat(round.TakeWhile(c => c != 'E').Where(char.IsAsciiDigit)).TrimStart('0').TrimEnd('0');
        int exponent = value == 0 ? 0 : int.Parse(shortest.AsSpan(shortest.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string sign = double.IsNegative(value) ? "-" : "";
        if (digits.Length == 0)
            return $"{sign}0.0";
        if (exponent is < -4 or >= 16)
        {
            string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1
            ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
