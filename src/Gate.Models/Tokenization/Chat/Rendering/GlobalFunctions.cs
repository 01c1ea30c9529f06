using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Rendering;

/// <summary>The functions every template has.</summary>
internal static class GlobalFunctions
{
    /// <summary>A scope with the functions.</summary>
    /// <param name="today">What <c>strftime_now</c> takes for today; never the clock.</param>
    /// <param name="work">The work of the rendering.</param>
    public static Scope Scope(DateOnly today, WorkMeter work)
    {
        var scope = new Scope(null);
        Add("range", arguments => Range(arguments, work));
        Add("namespace", arguments => new NamespaceValue(Entries("namespace", arguments)));
        Add("dict", arguments => MappingValue.Of(Entries("dict", arguments)));
        Add("raise_exception", arguments =>
            throw new TemplateFault($"the template refuses the conversation: {Operations.TextForm.Of(arguments.Bind("raise_exception", 1, "message")[0]!, work)}"));
        Add("strftime_now", arguments => new TextValue(DateForm.Of(today, arguments.Bind("strftime_now", 1, "format").Text(0), work)));
        foreach (string unknown in (string[])["lipsum", "cycler", "joiner"])
            Add(unknown, _ => throw new UnknownConstructFault($"the function '{unknown}' is not one Gate knows"));
        return scope;

        void Add(string name, Func<CallArguments, TemplateValue> call) => scope.Set(name, new CallableValue(name, call));
    }

    private static IEnumerable<KeyValuePair<string, TemplateValue>> Entries(string function, CallArguments arguments) => arguments.Positional switch
    {
        [] => arguments.Named,
        [MappingValue mapping] when mapping.Entries.All(entry => entry.Key is TextValue) =>
            mapping.Entries.Select(entry => KeyValuePair.Create(((TextValue)entry.Key).Text, entry.Value)).Concat(arguments.Named),
        _ => throw new TemplateFault($"'{function}' takes one mapping with texts as keys, and named values"),
    };

    private static SequenceValue Range(CallArguments arguments, WorkMeter work)
    {
        BoundArguments bound = arguments.Bind("range", 1, "start", "stop", "step");
        (long start, long stop) = bound[1] is null ? (0, bound.Integer(0)) : (bound.Integer(0), bound.Integer(1));
        long step = bound.Integer(2, 1);
        if (step == 0)
            throw new TemplateFault("'range': the step is 0");
        Int128 count = step > 0 ? ((Int128)stop - start + step - 1) / step : ((Int128)start - stop - step - 1) / -(Int128)step;
        if (count > WorkMeter.MaximumRange)
            throw new WorkLimitFault($"the template asks for a range of {count} numbers, more than {WorkMeter.MaximumRange:N0}");
        int length = (int)Int128.Max(0, count);
        work.Step(length);
        return new SequenceValue(SequenceKind.Range, [.. Enumerable.Range(0, length).Select(i => new IntegerValue(start + (i * step)))]);
    }
}
