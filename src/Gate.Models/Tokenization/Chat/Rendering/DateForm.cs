using System.Globalization;
using System.Text;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Rendering;

/// <summary><c>strftime</c> in the C locale, for midnight of a day.</summary>
internal static class DateForm
{
    /// <summary>A day in a format.</summary>
    /// <exception cref="UnknownConstructFault">A directive that says nothing about a day, or is not known.</exception>
    public static string Of(DateOnly day, string format, WorkMeter work)
    {
        work.Write(format.Length * 8L);
        var result = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i == format.Length - 1)
            {
                result.Append(format[i]);
                continue;
            }

            // A hyphen leaves out a leading zero.
            bool isBare = format[++i] == '-' && i < format.Length - 1;
            string text = Directive(day, isBare ? format[++i] : format[i]);
            result.Append(isBare && text.Length > 1 ? text.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0" : text);
        }

        return result.ToString();
    }

    private static string Directive(DateOnly day, char directive) => directive switch
    {
        'Y' => $"{day.Year:0000}",
        'y' => $"{day.Year % 100:00}",
        'm' => $"{day.Month:00}",
        'd' => $"{day.Day:00}",
        'e' => $"{day.Day,2}",
        'j' => $"{day.DayOfYear:000}",
        'B' => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(day.Month),
        'b' or 'h' => CultureInfo.InvariantCulture.DateTimeFormat.GetAbbreviatedMonthName(day.Month),
        'A' => $"{day.DayOfWeek}",
        'a' => $"{day.DayOfWeek}"[..3],
        'w' => $"{(int)day.DayOfWeek}",
        'u' => $"{(day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek)}",
        'H' or 'M' or 'S' => "00",
        'I' => "12",
        'p' => "AM",
        'F' => $"{day.Year:0000}-{day.Month:00}-{day.Day:00}",
        'D' or 'x' => $"{day.Month:00}/{day.Day:00}/{day.Year % 100:00}",
        'T' or 'X' => "00:00:00",
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => throw new UnknownConstructFault($"the directive '%{directive}' of a date's format is not one Gate knows"),
    };
}
