using System.Runtime.ExceptionServices;
using System.Text;
using Gate.Models.Tokenization.Chat.Operations;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Filters;

/// <summary>Filters over the elements of a value.</summary>
internal static class CollectionFilters
{
    /// <summary>The filters by name.</summary>
    public static IReadOnlyDictionary<string, Func<FilterCall, TemplateValue>> All { get; } = new Dictionary<string, Func<FilterCall, TemplateValue>>
    {
        ["length"] = Length,
        ["count"] = Length,
        ["first"] = First,
        ["last"] = Last,
        ["list"] = call => SequenceValue.List(Without(call).Items),
        ["join"] = Join,
        ["items"] = Items,
        ["dictsort"] = SortMapping,
        ["sort"] = Sort,
        ["unique"] = Unique,
        ["reverse"] = Reverse,
        ["sum"] = Sum,
        ["min"] = call => Extreme(call, -1),
        ["max"] = call => Extreme(call, 1),
        ["batch"] = Batch,
        ["groupby"] = Group,
        ["default"] = Default,
        ["d"] = Default,
        ["attr"] = Attribute,
    };

    private static FilterCall Without(FilterCall call)
    {
        call.Bind(0);
        return call;
    }

    private static IntegerValue Length(FilterCall call) => new(Iteration.TryCount(Without(call).Input, call.Work) ?? throw call.WrongInput);

    private static TemplateValue First(FilterCall call) => Without(call).Items.FirstOrDefault() ?? new UndefinedValue("there is no first element of nothing");

    private static TemplateValue Last(FilterCall call) => Without(call).Input is IteratorValue
        ? throw call.WrongInput
        : call.Items.LastOrDefault() ?? new UndefinedValue("there is no last element of nothing");

    private static TextValue Join(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "d", "attribute");
        string separator = bound[0] is { } given ? TextForm.Of(given, call.Work) : "";
        var result = new StringBuilder();
        bool isFirst = true;
        foreach (TemplateValue item in call.Items)
        {
            string part = TextForm.Of(bound[1] is null or NoneValue ? item : Access.Path(item, bound[1]!, call.Work), call.Work);
            result.Append(isFirst ? "" : separator).Append(part);
            call.Work.Write(result.Length <= WorkMeter.MaximumCharacters ? part.Length + separator.Length : result.Length);
            isFirst = false;
        }

        return new TextValue(result.ToString());
    }

    private static IteratorValue Items(FilterCall call) => Without(call).Input switch
    {
        MappingValue mapping => new IteratorValue(mapping.Entries.Select(entry => SequenceValue.Tuple(entry.Key, entry.Value))),
        UndefinedValue => new IteratorValue([]),
        _ => throw call.WrongInput,
    };

    private static SequenceValue SortMapping(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "case_sensitive", "by", "reverse");
        if (call.Input is not MappingValue mapping)
            throw call.WrongInput;
        string by = bound.Text(1, "key");
        if (by is not ("key" or "value"))
            throw new TemplateFault($"'dictsort': expected 'key' or 'value', found '{by}'");
        IEnumerable<(TemplateValue Key, TemplateValue Item)> entries =
            mapping.Entries.Select(entry => (by == "key" ? entry.Key : entry.Value, (TemplateValue)SequenceValue.Tuple(entry.Key, entry.Value)));
        return SequenceValue.List(Sorted(entries, bound.IsTrue(0), bound.IsTrue(2), call.Work));
    }

    private static SequenceValue Sort(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "reverse", "case_sensitive", "attribute");
        return SequenceValue.List(Sorted(call.Items.Select(item => (KeyOf(item, bound[2], call.Work), item)), bound.IsTrue(1), bound.IsTrue(0), call.Work));
    }

    // Python's sort is stable, in reverse too.
    private static TemplateValue[] Sorted(
        IEnumerable<(TemplateValue Key, TemplateValue Item)> entries, bool isCaseSensitive, bool isReversed, WorkMeter work)
    {
        (TemplateValue Key, TemplateValue Item)[] keyed = [.. entries.Select(entry => (isCaseSensitive ? entry.Key : Folded(entry.Key, work), entry.Item))];
        Comparer<TemplateValue> order = Comparer<TemplateValue>.Create((left, right) => (isReversed ? -1 : 1) * (Comparison.Compare(left, right, work) ?? 0));
        try
        {
            return [.. keyed.OrderBy(entry => entry.Key, order).Select(entry => entry.Item)];
        }
        catch (InvalidOperationException exception) when (exception.InnerException is TemplateFault fault)
        {
            // Sorting wraps what a comparison throws.
            ExceptionDispatchInfo.Throw(fault);
            throw;
        }
    }

    private static IteratorValue Unique(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "case_sensitive", "attribute");
        return new IteratorValue(Distinct());

        IEnumerable<TemplateValue> Distinct()
        {
            List<TemplateValue> seen = [];
            foreach (TemplateValue item in call.Items)
            {
                TemplateValue key = bound[1] is null or NoneValue ? item : Access.Path(item, bound[1]!, call.Work);
                key = bound.IsTrue(0) ? key : Folded(key, call.Work);
                if (seen.Exists(other => Comparison.AreEqual(other, key, call.Work)))
                    continue;
                seen.Add(key);
                yield return item;
            }
        }
    }

    private static TemplateValue Reverse(FilterCall call)
    {
        if (Without(call).Input is not TextValue text)
            return call.Input is IteratorValue ? SequenceValue.List(call.Items.Reverse()) : new IteratorValue(call.Items.Reverse());
        return text.With(string.Concat(call.Items.Reverse().Select(item => ((TextValue)item).Text)));
    }

    private static TemplateValue Sum(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "attribute", "start");
        TemplateValue sum = bound[1] ?? new IntegerValue(0);
        foreach (TemplateValue item in call.Items)
            sum = Arithmetic.Apply("+", sum, bound[0] is null or NoneValue ? item : Access.Path(item, bound[0]!, call.Work), call.Work);
        return sum;
    }

    private static TemplateValue Extreme(FilterCall call, int sign)
    {
        BoundArguments bound = call.Bind(0, "case_sensitive", "attribute");
        (TemplateValue Key, TemplateValue Item)? best = null;
        foreach (TemplateValue item in call.Items)
        {
            TemplateValue key = bound[1] is null or NoneValue ? item : Access.Path(item, bound[1]!, call.Work);
            key = bound.IsTrue(0) ? key : Folded(key, call.Work);
            if (best is null || (Comparison.Compare(key, best.Value.Key, call.Work) ?? 0) * sign > 0)
                best = (key, item);
        }

        return best?.Item ?? new UndefinedValue($"there is no {call.Name} of nothing");
    }

    private static SequenceValue Batch(FilterCall call)
    {
        BoundArguments bound = call.Bind(1, "linecount", "fill_with");
        long size = bound.Integer(0);
        if (size is < 1 or > WorkMeter.MaximumRange)
            throw new TemplateFault($"'batch': expected a size from 1 to {WorkMeter.MaximumRange}, found {size}");
        List<List<TemplateValue>> batches = [.. call.Items.Chunk((int)size).Select(chunk => chunk.ToList())];
        if (batches.Count > 0 && bound[1] is not (null or NoneValue))
            batches[^1].AddRange(Enumerable.Repeat(bound[1]!, (int)size - batches[^1].Count));
        return SequenceValue.List(batches.Select(batch => SequenceValue.List(batch)));
    }

    private static SequenceValue Group(FilterCall call)
    {
        BoundArguments bound = call.Bind(1, "attribute", "default", "case_sensitive");
        if (bound[1] is not (null or NoneValue) || bound[2] is not null)
            throw new UnknownConstructFault("'groupby' with 'default' or 'case_sensitive' is not supported");
        List<(TemplateValue Key, List<TemplateValue> Items)> groups = [];
        IEnumerable<(TemplateValue, TemplateValue Item)> entries = call.Items.Select(item => (KeyOf(item, bound[0], call.Work), item));
        foreach (TemplateValue item in Sorted(entries, isCaseSensitive: false, isReversed: false, call.Work))
        {
            TemplateValue key = Access.Path(item, bound[0]!, call.Work);
            if (groups.Count == 0 || !Comparison.AreEqual(Folded(groups[^1].Key, call.Work), Folded(key, call.Work), call.Work))
                groups.Add((key, []));
            groups[^1].Items.Add(item);
        }

        return SequenceValue.List(groups.Select(group => SequenceValue.Tuple(group.Key, SequenceValue.List(group.Items))));
    }

    private static TemplateValue Default(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "default_value", "boolean");
        return call.Input is UndefinedValue || (bound.IsTrue(1) && !call.Input.IsTrue) ? bound[0] ?? TextValue.Empty : call.Input;
    }

    private static TemplateValue Attribute(FilterCall call)
    {
        string name = call.Bind(1, "name").Text(0);
        return call.Input is MappingValue mapping
            ? Methods.Find(mapping, name, call.Work) ?? (TemplateValue)new UndefinedValue($"a mapping has no attribute '{name}'")
            : Access.Attribute(call.Input, name, call.Work);
    }

    // Several attributes, with commas, are a list of keys.
    private static TemplateValue KeyOf(TemplateValue item, TemplateValue? attribute, WorkMeter work) => attribute switch
    {
        null or NoneValue => item,
        TextValue text when text.Text.Contains(',', StringComparison.Ordinal) =>
            SequenceValue.List(text.Text.Split(',').Select(part => Access.Path(item, new TextValue(part), work))),
        _ => Access.Path(item, attribute, work),
    };

    private static TemplateValue Folded(TemplateValue value, WorkMeter work) => value switch
    {
        TextValue text => text.With(TextCase.Lower(text.Text, work)),
        SequenceValue { Kind: SequenceKind.List } list => SequenceValue.List(list.Items.Select(item => item is TextValue ? Folded(item, work) : item)),
        _ => value,
    };
}
