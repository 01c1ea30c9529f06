using System.Collections.Frozen;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>The methods of texts, lists and mappings.</summary>
internal static class Methods
{
    // What would change a value: the sandbox that chat templates run in refuses it, and so does Gate.
    private static readonly FrozenSet<string> Changing = FrozenSet.Create(
        StringComparer.Ordinal, "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "popitem", "setdefault", "update");

    /// <summary>A method of a value, bound to it, or null when it has none of that name.</summary>
    public static CallableValue? Find(TemplateValue target, string name, WorkMeter work)
    {
        Func<CallArguments, TemplateValue>? method = target switch
        {
            TextValue text when TextMethods.Find(name) is { } found => arguments => found(text, arguments, work),
            MappingValue mapping => OfMapping(mapping, name),
            SequenceValue sequence => OfSequence(sequence, name, work),
            _ => null,
        };
        if (method is null && target is MappingValue or SequenceValue { Kind: SequenceKind.List } && Changing.Contains(name) && !HasKey(target, name))
            method = _ => throw new TemplateFault($"'{name}' would change a {target.TypeName}, which a template may not; a namespace can be changed with 'set'");
        return method is null ? null : new CallableValue(name, method);
    }

    private static bool HasKey(TemplateValue target, string name) => target is MappingValue mapping && mapping.TryFind(new TextValue(name), out _);

    private static Func<CallArguments, TemplateValue>? OfMapping(MappingValue mapping, string name) => name switch
    {
        "keys" => arguments => View(SequenceKind.Keys, mapping.Entries.Select(entry => entry.Key), arguments),
        "values" => arguments => View(SequenceKind.Values, mapping.Entries.Select(entry => entry.Value), arguments),
        "items" => arguments => View(SequenceKind.Items, mapping.Entries.Select(entry => SequenceValue.Tuple(entry.Key, entry.Value)), arguments),
        "get" => arguments => Get(mapping, arguments.Bind("get", 1, "key", "default")),
        "copy" => arguments => Same(mapping, arguments),
        _ => null,
    };

    private static Func<CallArguments, TemplateValue>? OfSequence(SequenceValue sequence, string name, WorkMeter work) => (name, sequence.Kind) switch
    {
        ("count", SequenceKind.List or SequenceKind.Tuple) => arguments => Count(sequence, arguments.Bind("count", 1, "value")[0]!, work),
        ("index", SequenceKind.List or SequenceKind.Tuple) => arguments => Index(sequence, arguments.Bind("index", 1, "value")[0]!, work),
        ("copy", SequenceKind.List) => arguments => Same(sequence, arguments),
        _ => null,
    };

    private static TemplateValue Get(MappingValue mapping, BoundArguments bound) =>
        mapping.TryFind(bound[0]!, out TemplateValue? value) ? value : bound[1] ?? NoneValue.Instance;

    private static IntegerValue Count(SequenceValue sequence, TemplateValue sought, WorkMeter work) =>
        new(sequence.Items.Count(item => Comparison.AreEqual(item, sought, work)));

    private static IntegerValue Index(SequenceValue sequence, TemplateValue sought, WorkMeter work)
    {
        int place = sequence.Items.ToList().FindIndex(item => Comparison.AreEqual(item, sought, work));
        return place >= 0 ? new IntegerValue(place) : throw new TemplateFault("'index': the value is not in the list");
    }

    // Values never change, so a copy is the value.
    private static TemplateValue Same(TemplateValue value, CallArguments arguments)
    {
        arguments.Bind("copy", 0);
        return value;
    }

    private static SequenceValue View(SequenceKind kind, IEnumerable<TemplateValue> items, CallArguments arguments)
    {
        arguments.Bind("a mapping's method", 0);
        return new SequenceValue(kind, [.. items]);
    }
}
