using System.Globalization;
using System.Text;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Formats of <c>%</c> and <c>str.format</c>, as far as templates use them: values as they print, whole numbers, decimals after the point.</summary>
internal static class PercentFormat
{
    /// <summary><c>format % values</c>: <c>%s</c>, <c>%r</c>, <c>%d</c>, <c>%i</c>, <c>%f</c>, <c>%.Nf</c>, <c>%%</c>.</summary>
    /// <exception cref="TemplateFault">Another conversion, or values that do not fit.</exception>
    public static string Apply(TextValue format, TemplateValue values, WorkMeter work)
    {
        Queue<TemplateValue> arguments = new(values is SequenceValue { Kind: SequenceKind.Tuple } tuple ? tuple.Items : [values]);
        var result = new StringBuilder();
        string text = format.Text;
        work.Write(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            int begin = ++i;
            while (i < text.Length && text[i] is '.' or (>= '0' and <= '9'))
                i++;
            string precision = text[begin..Math.Min(i, text.Length)];
            char conversion = i < text.Length ? text[i] : '\0';
            if (conversion == '%' && precision.Length == 0)
                result.Append('%');
            else if (!arguments.TryDequeue(out TemplateValue? argument))
                throw new TemplateFault("a format has more places than values");
            else
                result.Append(Convert(conversion, precision, argument, work));
            work.Write(result.Length);
        }

        return arguments.Count == 0 || values is MappingValue ? result.ToString() : throw new TemplateFault("a format has more values than places");
    }

    /// <summary><c>str.format</c> with <c>{}</c>, <c>{0}</c> and <c>{name}</c>, without conversions.</summary>
    public static string Braces(string format, CallArguments arguments, WorkMeter work)
    {
        var result = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length; i++)
        {
            char unit = format[i];
            if (unit is '{' or '}' && i + 1 < format.Length && format[i + 1] == unit)
            {
                result.Append(unit);
                i++;
            }
            else if (unit == '{')
            {
                int end = format.IndexOf('}', i);
                string name = end < 0 ? throw new TemplateFault("a format has a '{' without '}'") : format[(i + 1)..end];
                TemplateValue value = name.Length == 0 ? At(arguments, next++)
                    : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int place) ? At(arguments, place)
                    : arguments.Find(name) ?? throw new UnknownConstructFault($"the place '{{{name}}}' of a format is not one Gate fills");
                result.Append(TextForm.Of(value, work));
                i = end;
            }
            else
            {
                result.Append(unit == '}' ? throw new TemplateFault("a format has a '}' without '{'") : unit);
            }

            work.Write(result.Length);
        }

        return result.ToString();
    }

    private static TemplateValue At(CallArguments arguments, int place) =>
        place < arguments.Positional.Length ? arguments.Positional[place] : throw new TemplateFault($"a format asks for value {place}, and there are {arguments.Positional.Length}");

    private static string Convert(char conversion, string precision, TemplateValue value, WorkMeter work) => (conversion, precision) switch
    {
        ('s', "") => TextForm.Of(value, work),
        ('r', "") => TextForm.RepresentationOf(value, work),
        ('d' or 'i', "") when Numbers.Of(value) is { } number => $"{number.Integer ?? (long)number.Float}",
        ('f', "") when Numbers.Of(value) is { } number => number.Float.ToString("F6", CultureInfo.InvariantCulture),
        ('f', { Length: 2 }) when precision[0] == '.' && Numbers.Of(value) is { } number =>
            number.Float.ToString($"F{precision[1]}", CultureInfo.InvariantCulture),
        _ => throw new UnknownConstructFault($"the format '%{precision}{conversion}' of a value of type '{value.TypeName}' is not one Gate knows"),
    };
}
