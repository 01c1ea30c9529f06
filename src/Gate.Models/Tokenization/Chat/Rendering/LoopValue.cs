using Gate.Models.Tokenization.Chat.Operations;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Rendering;

/// <summary>The variable <c>loop</c>.</summary>
/// <param name="items">What the loop goes over.</param>
/// <param name="work">The work of the rendering.</param>
internal sealed class LoopValue(IReadOnlyList<TemplateValue> items, WorkMeter work) : ObjectValue
{
    private TemplateValue? _remembered;

    /// <summary>The iteration, from 0.</summary>
    public int Index { get; set; }

    public override string TypeName => "LoopContext";

    public override TemplateValue? Find(string name) => name switch
    {
        "index" => new IntegerValue(Index + 1),
        "index0" => new IntegerValue(Index),
        "revindex" => new IntegerValue(items.Count - Index),
        "revindex0" => new IntegerValue(items.Count - Index - 1),
        "first" => BooleanValue.Of(Index == 0),
        "last" => BooleanValue.Of(Index == items.Count - 1),
        "length" => new IntegerValue(items.Count),

        // Only recursive loops, which are not supported, go deeper.
        "depth" => new IntegerValue(1),
        "depth0" => new IntegerValue(0),
        "previtem" => Index > 0 ? items[Index - 1] : new UndefinedValue("there is no previous item"),
        "nextitem" => Index < items.Count - 1 ? items[Index + 1] : new UndefinedValue("there is no next item"),
        "cycle" => new CallableValue("loop.cycle", Cycle),
        "changed" => new CallableValue("loop.changed", HasChanged),
        _ => null,
    };

    private TemplateValue Cycle(CallArguments arguments) => arguments.Positional.Length > 0
        ? arguments.Positional[Index % arguments.Positional.Length]
        : throw new TemplateFault("'loop.cycle' needs at least one value");

    private BooleanValue HasChanged(CallArguments arguments)
    {
        TemplateValue now = SequenceValue.Tuple(arguments.Positional);
        bool same = _remembered is not null && Comparison.AreEqual(_remembered, now, work);
        _remembered = now;
        return BooleanValue.Of(!same);
    }
}
