using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Python's arithmetic on numbers, texts and lists.</summary>
internal static class Arithmetic
{
    /// <summary>The result of an operator.</summary>
    /// <exception cref="TemplateFault">Operands it does not take, or a result outside of 64 bits.</exception>
    public static TemplateValue Apply(string sign, TemplateValue left, TemplateValue right, WorkMeter work)
    {
        if ((left as UndefinedValue ?? right as UndefinedValue) is { } undefined)
            throw undefined.Fault;
        try
        {
            return (Numbers.Of(left), Numbers.Of(right)) switch
            {
                ({ } a, { } b) => OfNumbers(sign, a, b),
                _ => (sign, left, right) switch
                {
                    ("+", TextValue a, TextValue b) => Join(a, b, work),
                    ("+", SequenceValue a, SequenceValue b) when a.Kind == b.Kind && a.Kind is SequenceKind.List or SequenceKind.Tuple => Join(a, b, work),
                    ("*", TextValue text, IntegerValue or BooleanValue) => Repeat(text, right, work),
                    ("*", IntegerValue or BooleanValue, TextValue text) => Repeat(text, left, work),
                    ("*", SequenceValue list, IntegerValue or BooleanValue) => Repeat(list, right, work),
                    ("*", IntegerValue or BooleanValue, SequenceValue list) => Repeat(list, left, work),
                    ("%", TextValue format, _) => new TextValue(PercentFormat.Apply(format, right, work)),
                    _ => throw new TemplateFault($"'{sign}' does not take values of the types '{left.TypeName}' and '{right.TypeName}'"),
                },
            };
        }
        catch (OverflowException)
        {
            throw new TemplateFault($"the result of '{sign}' is outside of the 64 bits Gate computes whole numbers with");
        }
    }

    /// <summary>A number with its sign changed, or as it is.</summary>
    public static TemplateValue Sign(bool isNegative, TemplateValue value) => Numbers.Of(value) is not { } number
        ? throw (value as UndefinedValue)?.Fault ?? new TemplateFault($"a value of type '{value.TypeName}' has no sign")
        : number.Integer is { } integer
            ? new IntegerValue(isNegative ? -integer : integer)
            : new FloatValue(isNegative ? -number.Float : number.Float);

    private static TemplateValue OfNumbers(string sign, Number left, Number right)
    {
        if (sign is "/" or "//" or "%" && right.Float == 0)
            throw new TemplateFault("division by zero");
        if (sign == "/")
            return new FloatValue(left.Float / right.Float);
        if (left.Integer is { } a && right.Integer is { } b && (sign != "**" || b >= 0))
        {
            return new IntegerValue(checked(sign switch
            {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "//" => FloorDivide(a, b),
                "%" => a - (FloorDivide(a, b) * b),
                _ => Power(a, b),
            }));
        }

        double x = left.Float;
        double y = right.Float;
        return new FloatValue(sign switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "//" => Math.Floor((x - Modulo(x, y)) / y),
            "%" => Modulo(x, y),
            _ => Math.Pow(x, y),
        });
    }

    private static long FloorDivide(long a, long b) => checked((a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0));

    private static double Modulo(double x, double y)
    {
        double rest = x % y;
        return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
    }

    private static long Power(long value, long exponent)
    {
        if (value is 0 or 1 or -1)
            return exponent == 0 || value == 1 || (value == -1 && exponent % 2 == 0) ? 1 : value;
        long result = 1;
        for (long i = 0; i < exponent; i++)
            result = checked(result * value);
        return result;
    }

    // Markup escapes what is added to it.
    private static TextValue Join(TextValue left, TextValue right, WorkMeter work)
    {
        work.Write((long)left.Text.Length + right.Text.Length);
        return left.IsMarkup || right.IsMarkup
            ? new TextValue(HtmlEscape.Once(left, work).Text + HtmlEscape.Once(right, work).Text, isMarkup: true)
            : new TextValue(left.Text + right.Text);
    }

    private static SequenceValue Join(SequenceValue left, SequenceValue right, WorkMeter work)
    {
        work.Step((long)left.Items.Length + right.Items.Length);
        return new SequenceValue(left.Kind, [.. left.Items, .. right.Items]);
    }

    private static TextValue Repeat(TextValue text, TemplateValue times, WorkMeter work)
    {
        int count = CountOf(times, text.Text.Length);
        work.Write((long)text.Text.Length * count);
        return text.With(string.Concat(Enumerable.Repeat(text.Text, count)));
    }

    private static SequenceValue Repeat(SequenceValue list, TemplateValue times, WorkMeter work)
    {
        if (list.Kind is not (SequenceKind.List or SequenceKind.Tuple))
            throw new TemplateFault($"a value of type '{list.TypeName}' cannot be repeated");
        int count = CountOf(times, list.Items.Length);
        work.Step((long)list.Items.Length * count);
        return new SequenceValue(list.Kind, [.. Enumerable.Repeat(list.Items, count).SelectMany(items => items)]);
    }

    private static int CountOf(TemplateValue times, int length)
    {
        long count = Math.Max(0, Numbers.Of(times)!.Value.Integer!.Value);
        return length == 0 ? 0 : count <= WorkMeter.MaximumCharacters ? (int)count : throw new WorkLimitFault($"the template repeats something {count} times");
    }
}
