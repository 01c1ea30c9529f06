using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Gate.Models.Tokenization.Chat.Values;

/// <summary>A mapping in the order of its keys' insertion. Keys are texts, numbers, truth values or <c>None</c>.</summary>
internal sealed class MappingValue : TemplateValue
{
    private readonly Dictionary<object, int> _places = [];

    /// <summary>A mapping; of two entries of one key the later counts and the earlier gives the place.</summary>
    /// <exception cref="TemplateFault">A key of another type.</exception>
    public MappingValue(IEnumerable<KeyValuePair<TemplateValue, TemplateValue>> entries)
    {
        ImmutableArray<KeyValuePair<TemplateValue, TemplateValue>>.Builder kept = ImmutableArray.CreateBuilder<KeyValuePair<TemplateValue, TemplateValue>>();
        foreach (KeyValuePair<TemplateValue, TemplateValue> entry in entries)
        {
            object key = KeyOf(entry.Key) ?? throw new TemplateFault($"a mapping's key must be a text or a number, found a value of type '{entry.Key.TypeName}'");
            if (_places.TryGetValue(key, out int place))
            {
                kept[place] = new(kept[place].Key, entry.Value);
                continue;
            }

            _places.Add(key, kept.Count);
            kept.Add(entry);
        }

        Entries = kept.ToImmutable();
        Depth = DepthOver(Entries.Select(entry => entry.Value));
    }

    /// <summary>The entries.</summary>
    public ImmutableArray<KeyValuePair<TemplateValue, TemplateValue>> Entries { get; }

    public override string TypeName => "dict";

    public override bool IsTrue => Entries.Length > 0;

    public override int Depth { get; }

    /// <summary>A mapping with texts as keys.</summary>
    public static MappingValue Of(params IEnumerable<KeyValuePair<string, TemplateValue>> entries) =>
        new(entries.Select(entry => KeyValuePair.Create<TemplateValue, TemplateValue>(new TextValue(entry.Key), entry.Value)));

    /// <summary>The value of a key.</summary>
    public bool TryFind(TemplateValue key, [NotNullWhen(true)] out TemplateValue? value)
    {
        bool found = KeyOf(key) is { } known && _places.TryGetValue(known, out int place);
        value = found ? Entries[_places[KeyOf(key)!]].Value : null;
        return found;
    }

    // As in Python 1, 1.0 and True are one key.
    private static object? KeyOf(TemplateValue key) => key switch
    {
        TextValue text => text.Text,
        BooleanValue boolean => boolean.Value ? 1.0 : 0.0,
        IntegerValue { Value: > -(1L << 53) and < 1L << 53 } integer => (double)integer.Value,
        IntegerValue integer => integer.Value,
        FloatValue number => number.Value,
        NoneValue none => none,
        _ => null,
    };
}
