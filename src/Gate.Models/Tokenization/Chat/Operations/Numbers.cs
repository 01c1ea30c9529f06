using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>A number: whole, or binary64.</summary>
/// <param name="Integer">The whole number, or null.</param>
/// <param name="Float">The value in binary64.</param>
internal readonly record struct Number(long? Integer, double Float);

/// <summary>What counts as a number, and how numbers compare.</summary>
internal static class Numbers
{
    /// <summary>The number a value is, truth values included, or null.</summary>
    public static Number? Of(TemplateValue value) => value switch
    {
        IntegerValue integer => new Number(integer.Value, integer.Value),
        BooleanValue boolean => new Number(boolean.Value ? 1 : 0, boolean.Value ? 1 : 0),
        FloatValue number => new Number(null, number.Value),
        _ => null,
    };

    /// <summary>How two numbers stand in order; null when one is not a number.</summary>
    public static int? Compare(Number left, Number right) => (left.Integer, right.Integer) switch
    {
        ({ } a, { } b) => a.CompareTo(b),
        _ when double.IsNaN(left.Float) || double.IsNaN(right.Float) => null,
        _ => left.Float.CompareTo(right.Float),
    };
}
