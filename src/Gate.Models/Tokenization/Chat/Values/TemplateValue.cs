using System.Collections.Immutable;

namespace Gate.Models.Tokenization.Chat.Values;

/// <summary>A value of a template, with the meaning it has in Python.</summary>
internal abstract class TemplateValue
{
    /// <summary>Deepest nesting of lists and mappings; deeper ones are refused when they are made, so that nothing recursive can go deeper.</summary>
    protected const int MaximumDepth = 64;

    /// <summary>The name of its type in Python, for messages.</summary>
    public abstract string TypeName { get; }

    /// <summary>What <c>if</c> makes of it.</summary>
    public virtual bool IsTrue => true;

    /// <summary>Nesting of lists and mappings in it.</summary>
    public virtual int Depth => 0;

    /// <summary>One more than the deepest of the parts.</summary>
    /// <exception cref="WorkLimitFault">Too deep.</exception>
    protected static int DepthOver(IEnumerable<TemplateValue> parts)
    {
        int depth = 1;
        foreach (TemplateValue part in parts)
            depth = Math.Max(depth, part.Depth + 1);
        return depth <= MaximumDepth ? depth : throw new WorkLimitFault($"the template nests lists and mappings more than {MaximumDepth} deep");
    }
}

/// <summary>What a name, key or attribute that is not there stands for: nothing when printed, an error when more is asked of it.</summary>
/// <param name="reason">What is missing, for the error.</param>
internal sealed class UndefinedValue(string reason) : TemplateValue
{
    public override string TypeName => "Undefined";

    public override bool IsTrue => false;

    /// <summary>The error of using it.</summary>
    public TemplateFault Fault => new(reason);
}

/// <summary>Python's <c>None</c>.</summary>
internal sealed class NoneValue : TemplateValue
{
    private NoneValue()
    {
    }

    /// <summary>The only one.</summary>
    public static NoneValue Instance { get; } = new();

    public override string TypeName => "NoneType";

    public override bool IsTrue => false;
}

/// <summary>A truth value.</summary>
internal sealed class BooleanValue : TemplateValue
{
    private BooleanValue(bool value) => Value = value;

    /// <summary>True.</summary>
    public static BooleanValue True { get; } = new(true);

    /// <summary>False.</summary>
    public static BooleanValue False { get; } = new(false);

    /// <summary>The value.</summary>
    public bool Value { get; }

    public override string TypeName => "bool";

    public override bool IsTrue => Value;

    /// <summary>One of the two.</summary>
    public static BooleanValue Of(bool value) => value ? True : False;
}

/// <summary>A whole number; beyond 64 bits it is refused.</summary>
internal sealed class IntegerValue(long value) : TemplateValue
{
    /// <summary>The value.</summary>
    public long Value => value;

    public override string TypeName => "int";

    public override bool IsTrue => value != 0;
}

/// <summary>A binary64 number.</summary>
internal sealed class FloatValue(double value) : TemplateValue
{
    /// <summary>The value.</summary>
    public double Value => value;

    public override string TypeName => "float";

    public override bool IsTrue => value != 0;
}

/// <summary>A text.</summary>
/// <param name="text">The text.</param>
/// <param name="isMarkup">Whether <c>safe</c> or <c>escape</c> marked it as HTML: what is added to it with <c>+</c> is escaped.</param>
internal sealed class TextValue(string text, bool isMarkup = false) : TemplateValue
{
    /// <summary>The empty text.</summary>
    public static TextValue Empty { get; } = new("");

    /// <summary>The text.</summary>
    public string Text => text;

    /// <summary>Whether it is marked as HTML.</summary>
    public bool IsMarkup => isMarkup;

    public override string TypeName => isMarkup ? "Markup" : "str";

    public override bool IsTrue => text.Length > 0;

    /// <summary>Another text with the same mark.</summary>
    public TextValue With(string other) => new(other, isMarkup);
}

/// <summary>What Python can iterate and count: lists, tuples, ranges and the views of a mapping.</summary>
internal sealed class SequenceValue : TemplateValue
{
    public SequenceValue(SequenceKind kind, ImmutableArray<TemplateValue> items)
    {
        Kind = kind;
        Items = items;
        Depth = DepthOver(items);
    }

    /// <summary>Which of them.</summary>
    public SequenceKind Kind { get; }

    /// <summary>The elements.</summary>
    public ImmutableArray<TemplateValue> Items { get; }

    /// <summary>Whether an element can be asked for by its number.</summary>
    public bool IsIndexed => Kind is SequenceKind.List or SequenceKind.Tuple or SequenceKind.Range;

    public override string TypeName => Kind switch
    {
        SequenceKind.List => "list",
        SequenceKind.Tuple => "tuple",
        SequenceKind.Range => "range",
        SequenceKind.Keys => "dict_keys",
        SequenceKind.Values => "dict_values",
        _ => "dict_items",
    };

    public override bool IsTrue => Items.Length > 0;

    public override int Depth { get; }

    /// <summary>A list.</summary>
    public static SequenceValue List(params IEnumerable<TemplateValue> items) => new(SequenceKind.List, [.. items]);

    /// <summary>A tuple.</summary>
    public static SequenceValue Tuple(params IEnumerable<TemplateValue> items) => new(SequenceKind.Tuple, [.. items]);
}

/// <summary>The kinds of <see cref="SequenceValue"/>.</summary>
internal enum SequenceKind
{
    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple.</summary>
    Tuple,

    /// <summary>What <c>range</c> gives.</summary>
    Range,

    /// <summary><c>dict.keys()</c>.</summary>
    Keys,

    /// <summary><c>dict.values()</c>.</summary>
    Values,

    /// <summary><c>dict.items()</c>.</summary>
    Items,
}

/// <summary>What filters such as <c>map</c> and <c>selectattr</c> give: elements that can be taken once, and not counted.</summary>
internal sealed class IteratorValue(IEnumerable<TemplateValue> items) : TemplateValue
{
    private readonly IEnumerator<TemplateValue> _items = items.GetEnumerator();

    public override string TypeName => "generator";

    /// <summary>The elements not taken yet; taking them takes them for everyone.</summary>
    public IEnumerable<TemplateValue> Take()
    {
        while (_items.MoveNext())
            yield return _items.Current;
    }
}

/// <summary>A thing with attributes that is neither text nor collection: a loop, a namespace.</summary>
internal abstract class ObjectValue : TemplateValue
{
    /// <summary>An attribute, or null when there is none.</summary>
    public abstract TemplateValue? Find(string name);
}

/// <summary>Jinja's <c>namespace</c>: attributes that <c>set</c> can change from inside a loop.</summary>
internal sealed class NamespaceValue(IEnumerable<KeyValuePair<string, TemplateValue>> attributes) : ObjectValue
{
    private readonly Dictionary<string, TemplateValue> _attributes = new(attributes, StringComparer.Ordinal);

    public override string TypeName => "Namespace";

    public override TemplateValue? Find(string name) => _attributes.GetValueOrDefault(name);

    /// <summary>Gives an attribute a value.</summary>
    public void Set(string name, TemplateValue value) => _attributes[name] = value;
}

/// <summary>Something that can be called: a macro, a function, a method.</summary>
/// <param name="name">Its name, for messages.</param>
/// <param name="call">What it does.</param>
internal sealed class CallableValue(string name, Func<CallArguments, TemplateValue> call) : TemplateValue
{
    public override string TypeName => "function";

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Calls it.</summary>
    public TemplateValue Call(CallArguments arguments) => call(arguments);
}
