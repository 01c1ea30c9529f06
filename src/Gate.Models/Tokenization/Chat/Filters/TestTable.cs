using System.Collections.Frozen;
using Gate.Models.Tokenization.Chat.Operations;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Filters;

/// <summary>The tests by name.</summary>
internal static class TestTable
{
    private static readonly FrozenDictionary<string, Func<FilterCall, bool>> Table = Tests().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static FrozenSet<string> Names { get; } = Table.Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a test holds.</summary>
    /// <exception cref="TemplateFault">The test does not take the value or arguments.</exception>
    public static bool Holds(FilterCall call) =>
        Table.TryGetValue(call.Name, out Func<FilterCall, bool>? test) ? test(call) : throw new UnknownConstructFault($"the test '{call.Name}' is not one Gate knows");

    private static Dictionary<string, Func<FilterCall, bool>> Tests()
    {
        Dictionary<string, Func<FilterCall, bool>> tests = new()
        {
            ["defined"] = Plain(value => value is not UndefinedValue),
            ["undefined"] = Plain(value => value is UndefinedValue),
            ["none"] = Plain(value => value is NoneValue),
            ["boolean"] = Plain(value => value is BooleanValue),
            ["true"] = Plain(value => value is BooleanValue { Value: true }),
            ["false"] = Plain(value => value is BooleanValue { Value: false }),
            ["string"] = Plain(value => value is TextValue),
            ["mapping"] = Plain(value => value is MappingValue),
            ["number"] = Plain(value => value is IntegerValue or FloatValue or BooleanValue),
            ["integer"] = Plain(value => value is IntegerValue),
            ["float"] = Plain(value => value is FloatValue),
            ["callable"] = Plain(value => value is CallableValue),
            ["iterable"] = Plain(value => Iteration.TryItemsOf(value) is not null),
            ["sequence"] = Plain(value => value is TextValue or MappingValue or UndefinedValue or SequenceValue { IsIndexed: true }),
            ["escaped"] = Plain(value => value is TextValue { IsMarkup: true }),
            ["odd"] = call => Remainder(call, 2) == 1,
            ["even"] = call => Remainder(call, 2) == 0,
            ["divisibleby"] = call => Remainder(call, call.Bind(1, "num").Integer(0)) == 0,
            ["lower"] = call => TextCase.IsLower(Bare(call).Text, call.Work),
            ["upper"] = call => TextCase.IsUpper(Bare(call).Text, call.Work),
            ["in"] = call => Comparison.Contains(call.Bind(1, "seq")[0]!, call.Input, call.Work),
            ["sameas"] = IsSame,
            ["filter"] = call => FilterTable.Names.Contains(Bare(call).Text),
            ["test"] = call => Names.Contains(Bare(call).Text),
        };
        foreach (string name in (string[])["==", "eq", "equalto"])
            tests.Add(name, call => Comparison.AreEqual(call.Input, call.Bind(1, "other")[0]!, call.Work));
        foreach (string name in (string[])["!=", "ne"])
            tests.Add(name, call => !Comparison.AreEqual(call.Input, call.Bind(1, "other")[0]!, call.Work));
        Order(tests, order => order > 0, ">", "gt", "greaterthan");
        Order(tests, order => order >= 0, ">=", "ge");
        Order(tests, order => order < 0, "<", "lt", "lessthan");
        Order(tests, order => order <= 0, "<=", "le");
        return tests;
    }

    private static void Order(Dictionary<string, Func<FilterCall, bool>> tests, Func<int, bool> holds, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            tests.Add(name, call => Comparison.Compare(call.Input, call.Bind(1, "other")[0]!, call.Work) is { } order && holds(order));
    }

    private static Func<FilterCall, bool> Plain(Func<TemplateValue, bool> holds) => call => holds(Bare(call).Input);

    private static FilterCall Bare(FilterCall call)
    {
        call.Bind(0);
        return call;
    }

    private static long Remainder(FilterCall call, long divisor) => divisor != 0 && Numbers.Of(call.Input) is { Integer: { } value }
        ? ((value % divisor) + divisor) % divisor
        : throw (divisor == 0 ? new TemplateFault("division by zero") : call.WrongInput);

    // Identity is sure only for what there is one of.
    private static bool IsSame(FilterCall call)
    {
        TemplateValue other = call.Bind(1, "other")[0]!;
        return call.Input is NoneValue or BooleanValue or ObjectValue || other is NoneValue or BooleanValue or ObjectValue
            ? ReferenceEquals(call.Input, other)
            : throw new UnknownConstructFault("'sameas' of two values that are neither none, true nor false is not supported");
    }
}
