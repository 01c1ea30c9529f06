using Gate.Models.Blueprints;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>A feed-forward whose weights are uploaded, gate and up side by side.</summary>
internal sealed class RunningFeedForward(FeedForward feedForward, Workspace workspace) : RunningModule
{
    private readonly LinearWeights _first =
        feedForward.Gate is { } gate ? workspace.Linear(gate, feedForward.Up) : workspace.Linear(feedForward.Up);

    private readonly LinearWeights _down = workspace.Linear(feedForward.Down);

    public override void Run(DeviceMatrix input, DeviceMatrix output, int[]? rows)
    {
        DeviceMatrix first = workspace.Scratch("feed-forward", _first.Outputs), activated = first;
        workspace.Multiply(input, _first, feedForward.Gate ?? feedForward.Up, first, rows);
        if (feedForward.Gate is null)
        {
            workspace.Engine.Activate(first, feedForward.Activation);
        }
        else
        {
            activated = workspace.Scratch("activated", feedForward.Down.Inputs);
            workspace.Engine.ActivateGated(first, feedForward.Activation, activated);
        }

        workspace.Multiply(activated, _down, feedForward.Down, output, rows);
    }
}
