using Gate.Models.Blueprints;

namespace Gate.Models.Structure;

/// <summary>Where a step stands.</summary>
/// <param name="Block">Index of the block, counted through encoder and decoder.</param>
/// <param name="Index">Index of the step in the block.</param>
/// <param name="Step">The step.</param>
internal readonly record struct PlacedStep(int Block, int Index, Step Step);

/// <summary>Walks a blueprint in the order of the forward pass.</summary>
internal static class BlueprintWalk
{
    /// <summary>All steps of all stacks. A block that stands several times is walked each time.</summary>
    public static IEnumerable<PlacedStep> Steps(Blueprint blueprint) => blueprint.Stacks
        .SelectMany(stack => stack.Blocks)
        .SelectMany((steps, block) => steps.Select((step, index) => new PlacedStep(block, index, step)));

    /// <summary>The linear layers of a module, in the order of the forward pass.</summary>
    public static IEnumerable<Linear> Linears(Module module) => module switch
    {
        Attention attention => [attention.Query, attention.Key, attention.Value, attention.Output],
        FeedForward feedForward => Present(feedForward.Gate, feedForward.Up, feedForward.Down),
        Experts experts =>
        [
            experts.Router, .. experts.Each.SelectMany(Linears), .. experts.Shared is { } shared ? Linears(shared) : [], .. Present(experts.SharedGate),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(module)),
    };

    private static IEnumerable<Linear> Present(params Linear?[] linears) => linears.OfType<Linear>();
}
