using Gate.Models.Tokenization.Chat.Operations;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Filters;

/// <summary>Filters that apply a test or another filter to every element.</summary>
internal static class SelectionFilters
{
    /// <summary>The filters by name.</summary>
    public static IReadOnlyDictionary<string, Func<FilterCall, TemplateValue>> All { get; } = new Dictionary<string, Func<FilterCall, TemplateValue>>
    {
        ["select"] = call => Select(call, byAttribute: false, wanted: true),
        ["reject"] = call => Select(call, byAttribute: false, wanted: false),
        ["selectattr"] = call => Select(call, byAttribute: true, wanted: true),
        ["rejectattr"] = call => Select(call, byAttribute: true, wanted: false),
        ["map"] = Map,
    };

    private static IteratorValue Select(FilterCall call, bool byAttribute, bool wanted)
    {
        int taken = byAttribute ? 1 : 0;
        if (call.Arguments.Positional.Length < taken)
            throw new TemplateFault($"'{call.Name}' needs the name of an attribute");
        TemplateValue? attribute = byAttribute ? call.Arguments.Positional[0] : null;
        CallArguments rest = call.Arguments.Skip(taken);
        string? test = rest.Positional.Length == 0 ? null : (rest.Positional[0] as TextValue)?.Text ?? throw new TemplateFault($"'{call.Name}' needs the name of a test");
        CallArguments arguments = rest.Skip(1);
        return new IteratorValue(call.Items.Where(item =>
        {
            TemplateValue value = attribute is null ? item : Access.Path(item, attribute, call.Work);
            return wanted == (test is null ? value.IsTrue : TestTable.Holds(new FilterCall(test, value, arguments, call.Work)));
        }));
    }

    private static IteratorValue Map(FilterCall call)
    {
        if (call.Arguments.Positional.Length == 0)
        {
            BoundArguments bound = call.Bind(0, "attribute", "default");
            TemplateValue attribute = bound[0] ?? throw new TemplateFault("'map' needs an attribute or the name of a filter");
            return new IteratorValue(call.Items.Select(item =>
                Access.Path(item, attribute, call.Work) is var value && value is UndefinedValue && bound[1] is { } missing ? missing : value));
        }

        string filter = (call.Arguments.Positional[0] as TextValue)?.Text ?? throw new TemplateFault("'map' needs the name of a filter");
        CallArguments arguments = call.Arguments.Skip(1);
        return new IteratorValue(call.Items.Select(item => FilterTable.Apply(new FilterCall(filter, item, arguments, call.Work))));
    }
}
