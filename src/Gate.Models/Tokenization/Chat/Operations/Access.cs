using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Attributes, keys and slices.</summary>
internal static class Access
{
    /// <summary><c>target.name</c>: an attribute or method, else a key, else undefined.</summary>
    /// <exception cref="TemplateFault">The target is undefined itself.</exception>
    public static TemplateValue Attribute(TemplateValue target, string name, WorkMeter work)
    {
        if (target is UndefinedValue undefined)
            throw undefined.Fault;
        if (Own(target, name, work) is { } own)
            return own;
        return target is MappingValue mapping && mapping.TryFind(new TextValue(name), out TemplateValue? value) ? value : Missing(target, name);
    }

    /// <summary><c>target[key]</c>: a key or place, else an attribute or method, else undefined.</summary>
    /// <exception cref="TemplateFault">The target is undefined itself.</exception>
    public static TemplateValue Item(TemplateValue target, TemplateValue key, WorkMeter work)
    {
        switch (target)
        {
            case UndefinedValue undefined:
                throw undefined.Fault;
            case MappingValue mapping when mapping.TryFind(key, out TemplateValue? value):
                return value;
            case SequenceValue { IsIndexed: true } sequence when PlaceOf(key) is { } place:
                return At(place, sequence.Items.Length, i => sequence.Items[i]);
            case TextValue text when PlaceOf(key) is { } place:
                string[]? points = CodePointIndex.Split(text.Text, work);
                return At(place, points?.Length ?? text.Text.Length, i => text.With(points?[i] ?? text.Text[i].ToString()));
            default:
                return key is TextValue name ? Own(target, name.Text, work) ?? Missing(target, name.Text)
                    : new UndefinedValue($"a value of type '{target.TypeName}' has no element {(key is IntegerValue number ? $"{number.Value}" : $"of type '{key.TypeName}'")}");
        }
    }

    /// <summary><c>target[start:stop:step]</c> of a text, list, tuple or range.</summary>
    /// <exception cref="TemplateFault">The target cannot be sliced, or a bound is no whole number.</exception>
    public static TemplateValue Slice(TemplateValue target, TemplateValue start, TemplateValue stop, TemplateValue step, WorkMeter work)
    {
        switch (target)
        {
            case UndefinedValue undefined:
                throw undefined.Fault;
            case SequenceValue { IsIndexed: true } sequence:
                SequenceKind kind = sequence.Kind == SequenceKind.Range ? SequenceKind.List : sequence.Kind;
                return new SequenceValue(kind, [.. Places(start, stop, step, sequence.Items.Length, work).Select(place => sequence.Items[place])]);
            case TextValue text:
                string[]? points = CodePointIndex.Split(text.Text, work);
                IEnumerable<int> places = Places(start, stop, step, points?.Length ?? text.Text.Length, work);
                return text.With(points is null ? string.Concat(places.Select(place => text.Text[place])) : string.Concat(places.Select(place => points[place])));
            default:
                throw new TemplateFault($"a value of type '{target.TypeName}' cannot be sliced");
        }
    }

    /// <summary>A path such as <c>function.name</c> or <c>0.role</c>, as the filters that take an attribute follow it.</summary>
    public static TemplateValue Path(TemplateValue target, TemplateValue path, WorkMeter work)
    {
        if (path is not TextValue text)
            return Item(target, path, work);
        foreach (string part in text.Text.Split('.'))
            target = Item(target, part.Length > 0 && part.All(char.IsAsciiDigit) && part.Length < 10 ? new IntegerValue(int.Parse(part)) : new TextValue(part), work);
        return target;
    }

    private static TemplateValue? Own(TemplateValue target, string name, WorkMeter work) =>
        name.StartsWith('_') ? null : target is ObjectValue thing ? thing.Find(name) : Methods.Find(target, name, work);

    private static UndefinedValue Missing(TemplateValue target, string name) => new(
        target is MappingValue ? $"the mapping has no key '{name}'" : $"a value of type '{target.TypeName}' has no attribute '{name}'");

    private static long? PlaceOf(TemplateValue key) => key is IntegerValue or BooleanValue ? Numbers.Of(key)!.Value.Integer : null;

    private static TemplateValue At(long place, int length, Func<int, TemplateValue> element)
    {
        long counted = place < 0 ? place + length : place;
        return counted >= 0 && counted < length ? element((int)counted) : new UndefinedValue($"there is no element {place} among {length}");
    }

    private static List<int> Places(TemplateValue start, TemplateValue stop, TemplateValue step, int length, WorkMeter work)
    {
        long by = BoundOf(step) ?? 1;
        if (by == 0)
            throw new TemplateFault("a slice's step is 0");
        long least = by > 0 ? 0 : -1;
        long most = by > 0 ? length : length - 1;
        long first = Clamp(BoundOf(start), by > 0 ? 0 : length - 1);
        long end = Clamp(BoundOf(stop), by > 0 ? length : -1);
        List<int> places = [];
        for (long place = first; by > 0 ? place < end : place > end; place += Math.Clamp(by, -WorkMeter.MaximumCharacters, WorkMeter.MaximumCharacters))
            places.Add((int)place);
        work.Write(places.Count);
        return places;

        long Clamp(long? bound, long missing) => bound is { } given ? Math.Clamp(given < 0 ? given + length : given, least, most) : missing;
    }

    private static long? BoundOf(TemplateValue bound) => bound is NoneValue ? null
        : PlaceOf(bound) ?? throw (bound as UndefinedValue)?.Fault ?? new TemplateFault($"a slice's bound must be a whole number, found a value of type '{bound.TypeName}'");
}
