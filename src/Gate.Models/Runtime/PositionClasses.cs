using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Runtime;

/// <summary>
/// The <em>length classes</em> of a model. Key/value rows may be shared between sequences of one class, and a sequence may grow over a cache only while its
/// class stays the same. There is one class unless the position encoding depends on the length of the whole sequence (dynamic NTK, LongRoPE).
/// </summary>
internal sealed class PositionClasses
{
    private readonly Rotary? _rotary;

    private PositionClasses(Rotary? rotary) => _rotary = rotary;

    /// <summary>The classes of a model.</summary>
    public static PositionClasses Of(Blueprint blueprint) => new(blueprint.Stacks
        .SelectMany(stack => stack.Blocks).SelectMany(block => block).SelectMany(step => step.Branches)
        .Select(branch => (branch.Module as Attention)?.Positions).OfType<Rotary>().FirstOrDefault(rotary => rotary.Scaling.DependsOnLength));

    /// <summary>Whether lengths are told apart.</summary>
    public bool DependsOnLength => _rotary is not null;

    /// <summary>The class of a length in tokens.</summary>
    public int Of(int length) => _rotary?.Scaling.LengthClass(_rotary, length) ?? 0;
}
