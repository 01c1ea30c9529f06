using Gate.Models.Blueprints;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>
/// A mixture of experts whose weights are uploaded. Every expert works on the rows that chose it; a row's outputs are added in the order of the experts,
/// so its bits do not depend on the other rows.
/// </summary>
internal sealed class RunningExperts(Experts experts, Workspace workspace) : RunningModule
{
    private readonly LinearWeights _router = workspace.Linear(experts.Router);
    private readonly RunningFeedForward[] _each = [.. experts.Each.Select(expert => new RunningFeedForward(expert, workspace))];
    private readonly RunningFeedForward? _shared = experts.Shared is { } shared ? new RunningFeedForward(shared, workspace) : null;
    private readonly LinearWeights? _sharedGate = experts.SharedGate is { } gate ? workspace.Linear(gate) : null;

    public override void Run(DeviceMatrix input, DeviceMatrix output, int[]? rows)
    {
        IComputeEngine engine = workspace.Engine;
        DeviceMatrix logits = workspace.Scratch("router", _router.Outputs);
        workspace.Multiply(input, _router, experts.Router, logits, rows);
        DeviceMatrix routed = workspace.Scratch("routed", input.Columns), made = workspace.Scratch("expert", output.Columns);
        engine.Clear(output, input.Rows);
        foreach (ExpertRows expert in engine.Route(logits, experts.Chosen, experts.Renormalize))
        {
            engine.SelectRows(input, expert.Rows, routed);
            _each[expert.Expert].Run(routed, made, rows is null ? expert.Rows : [.. expert.Rows.Select(row => rows[row])]);
            workspace.Show(expert, made);
            engine.AddRows(output, expert.Rows, made, expert.Weights);
        }

        if (_shared is null)
            return;
        _shared.Run(input, made, rows);
        if (_sharedGate is not null)
        {
            DeviceMatrix gates = workspace.Scratch("shared gate", 1);
            workspace.Multiply(input, _sharedGate, experts.SharedGate!, gates, rows);
            engine.MultiplyBySigmoid(made, gates);
        }

        engine.Add(output, made);
    }
}
