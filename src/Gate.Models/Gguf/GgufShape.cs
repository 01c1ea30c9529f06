using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Gguf;

/// <summary>What the keys of a file are made from: the parts of a blueprint that say something about all blocks.</summary>
internal static class GgufShape
{
    private const int ContextOfUnbounded = 2048;

    /// <summary>All attentions, block by block.</summary>
    public static IEnumerable<Attention> Attentions(Blueprint blueprint) => Modules(blueprint).OfType<Attention>();

    /// <summary>All modules, block by block.</summary>
    public static IEnumerable<Module> Modules(Blueprint blueprint) =>
        blueprint.Decoder!.Blocks.SelectMany(block => block).SelectMany(step => step.Branches).Select(branch => branch.Module);

    /// <summary>The rotation of blocks that see everything before, or of any where there are no such, or null.</summary>
    public static Rotary? RotaryOf(Blueprint blueprint) =>
        Attentions(blueprint).Where(attention => attention.Window == Attention.NoWindow).Select(attention => attention.Positions).OfType<Rotary>().FirstOrDefault()
        ?? WindowedRotaryOf(blueprint);

    /// <summary>The rotation of blocks with a window, or null.</summary>
    public static Rotary? WindowedRotaryOf(Blueprint blueprint) =>
        Attentions(blueprint).Where(attention => attention.Window != Attention.NoWindow).Select(attention => attention.Positions).OfType<Rotary>().FirstOrDefault();

    /// <summary>The longest context that the file names; positions without an end are given the one that llama.cpp's converter gives them.</summary>
    public static int ContextOf(Blueprint blueprint) =>
        RotaryOf(blueprint)?.MaximumPositions ?? blueprint.Decoder!.Embedding.Positions?.Rows ?? ContextOfUnbounded;
}
