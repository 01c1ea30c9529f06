using Gate.Models.Blueprints;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>A module that needs no other token than the one it works on, its weights uploaded.</summary>
internal abstract class RunningModule
{
    /// <summary>Runs over rows.</summary>
    /// <param name="input">One row for each token.</param>
    /// <param name="output">As many rows.</param>
    /// <param name="rows">Which rows of the batch these are, or null for all.</param>
    public abstract void Run(DeviceMatrix input, DeviceMatrix output, int[]? rows);

    /// <summary>Uploads a module that is not attention.</summary>
    public static RunningModule Of(Module module, Workspace workspace) => module switch
    {
        FeedForward feedForward => new RunningFeedForward(feedForward, workspace),
        Experts experts => new RunningExperts(experts, workspace),
        _ => throw new ArgumentOutOfRangeException(nameof(module)),
    };
}
