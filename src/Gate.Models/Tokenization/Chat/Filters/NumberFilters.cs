using System.Globalization;
using Gate.Models.Tokenization.Chat.Operations;
using Gate.Models.Tokenization.Chat.Values;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Chat.Filters;

/// <summary>Filters that make numbers.</summary>
internal static class NumberFilters
{
    /// <summary>The filters by name.</summary>
    public static IReadOnlyDictionary<string, Func<FilterCall, TemplateValue>> All { get; } = new Dictionary<string, Func<FilterCall, TemplateValue>>
    {
        ["int"] = ToInteger,
        ["float"] = ToFloat,
        ["abs"] = call =>
        {
            call.Bind(0);
            return Numbers.Of(call.Input) is { } number && (number.Integer ?? 0) != long.MinValue
                ? number.Integer is { } integer ? new IntegerValue(Math.Abs(integer)) : new FloatValue(Math.Abs(number.Float))
                : throw call.WrongInput;
        },
        ["round"] = Round,
    };

    private static TemplateValue ToInteger(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "default", "base");
        if (bound.Integer(1, 10) != 10)
            throw new UnknownConstructFault("'int' with another base than 10 is not supported");
        if (call.Input is UndefinedValue undefined)
            throw undefined.Fault;
        if (call.Input is TextValue text && long.TryParse(DigitsOf(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long read))
            return new IntegerValue(read);
        return FloatOf(call.Input) is { } number && Math.Abs(number) < 9e18
            ? new IntegerValue(Numbers.Of(call.Input)?.Integer ?? (long)number)
            : bound[0] ?? new IntegerValue(0);
    }

    private static TemplateValue ToFloat(FilterCall call)
    {
        TemplateValue? missing = call.Bind(0, "default")[0];
        if (call.Input is UndefinedValue undefined)
            throw undefined.Fault;
        return FloatOf(call.Input) is { } number ? new FloatValue(number) : missing ?? new FloatValue(0);
    }

    private static TemplateValue Round(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "precision", "method");
        string method = bound.Text(1, "common");
        long precision = bound.Integer(0, 0);
        if (Numbers.Of(call.Input) is not { } number)
            throw call.WrongInput;
        if (precision is < 0 or > 15 || method is not ("common" or "ceil" or "floor"))
            throw new TemplateFault($"'round': expected 0 to 15 places and common, ceil or floor, found {precision} and '{method}'");
        if (method == "common" && number.Integer is { } integer)
            return new IntegerValue(integer);
        double power = Math.Pow(10, precision);
        return new FloatValue(method switch
        {
            "ceil" => Math.Ceiling(number.Float * power) / power,
            "floor" => Math.Floor(number.Float * power) / power,
            _ => RoundCommon(number.Float, (int)precision, power),
        });
    }

    // Correct rounding of the number as it is in binary; an exact half goes to the even digit.
    private static double RoundCommon(double value, int precision, double power)
    {
        double scaled = value * power;
        bool isHalf = Math.Abs(scaled - Math.Truncate(scaled)) == 0.5 && Math.FusedMultiplyAdd(value, power, -scaled) == 0;
        return isHalf ? Math.Round(scaled, MidpointRounding.ToEven) / power
            : double.Parse(value.ToString($"F{precision}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static double? FloatOf(TemplateValue value) => value is TextValue text
        ? double.TryParse(DigitsOf(text), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double read)
            ? read : null
        : Numbers.Of(value)?.Float;

    private static string DigitsOf(TextValue text) => PythonText.Strip(text.Text).Replace("_", "", StringComparison.Ordinal);
}
