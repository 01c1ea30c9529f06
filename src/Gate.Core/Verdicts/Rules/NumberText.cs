using System.Globalization;

namespace Gate.Core.Verdicts.Rules;

/// <summary>Writes numbers so that a printed comparison is never absurd.</summary>
internal static class NumberText
{
    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>
    /// The value with four decimals, or as many more as it takes for the text to lie on the same side of <paramref name="limit"/> as the value:
    /// 0.94996 against 0.95 is not printed as 0.9500.
    /// </summary>
    public static string Against(double value, double limit)
    {
        if (double.IsPositiveInfinity(value))
            return "∞";
        for (int decimals = 4; decimals <= 15; decimals++)
        {
            string text = value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            double shown = double.Parse(text, CultureInfo.InvariantCulture);
            if (shown.CompareTo(limit) == value.CompareTo(limit))
                return shown == 0 ? text.TrimStart('-') : text;
        }

        return Exact(value);
    }

    /// <summary>A share as per cent: 0.95 as <c>95 %</c>.</summary>
    public static string Percent(double share) => Math.Round(share * 100, 10).ToString("0.##########", CultureInfo.InvariantCulture) + " %";

    /// <summary>A share as whole per cent: 0.166 as <c>17 %</c>.</summary>
    public static string WholePercent(double share) => Math.Round(share * 100).ToString(CultureInfo.InvariantCulture) + " %";

    /// <summary>A count with its noun: <c>1 item</c>, <c>2 items</c>.</summary>
    public static string Count(int count, string noun) => $"{count.ToString(CultureInfo.InvariantCulture)} {noun}{(count == 1 ? string.Empty : "s")}";
}
