using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>A step whose weights are uploaded: x ← after(base + scale · Σ behind(module(before(x)))).</summary>
internal sealed class RunningStep
{
    private readonly Step _step;
    private readonly Workspace _workspace;
    private readonly RunningBranch[] _branches;
    private readonly NormWeights? _after;

    /// <summary>Uploads its weights.</summary>
    /// <param name="step">The step.</param>
    /// <param name="workspace">Shared with all that runs on the engine.</param>
    /// <param name="layer">Layer of the store that its attention uses.</param>
    public RunningStep(Step step, Workspace workspace, int layer)
    {
        (_step, _workspace) = (step, workspace);
        _branches = [.. step.Branches.Select(branch => new RunningBranch(branch, workspace, layer))];
        _after = workspace.Norm(step.After);
    }

    /// <summary>Whether a token needs others in this step.</summary>
    public bool Attends => _branches.Any(branch => branch.Attention is not null);

    /// <summary>Runs over a batch.</summary>
    /// <param name="context">The batch and its stores.</param>
    /// <param name="stream">One row for each token, or for each row selected before; changed in place unless rows are selected now.</param>
    /// <param name="selected">Rows that alone go on behind the attention, or null for all.</param>
    /// <returns>The stream, or the matrix that holds the selected rows of it.</returns>
    public DeviceMatrix Run(BatchContext context, DeviceMatrix stream, int[]? selected = null)
    {
        // What needs other tokens comes first, on all rows; the rest of the step on those that go on.
        foreach (RunningBranch branch in _branches)
            branch.Gather(context, stream);
        if (selected is not null)
            stream = Select(stream, selected);
        for (int i = 0; i < _branches.Length; i++)
            _branches[i].Run(stream, Delta(stream, i), selected is not null);
        if (_step.FromNormed)
            _workspace.Engine.Normalize(stream, _branches[0].Before!, stream);
        for (int i = 0; i < _branches.Length; i++)
            _workspace.Engine.Add(stream, Delta(stream, i), _step.Scale);
        if (_after is not null)
            _workspace.Engine.Normalize(stream, _after, stream);
        return stream;
    }

    /// <summary>Stores the keys and values of what the encoder read, where the step reads it.</summary>
    public void Remember(RaggedBatch batch, DeviceMatrix states, KeyValueStore memory)
    {
        foreach (RunningBranch branch in _branches)
        {
            if (branch.Attention is { ReadsMemory: true } attention)
                attention.Remember(batch, states, memory);
        }
    }

    private DeviceMatrix Select(DeviceMatrix stream, int[] rows)
    {
        foreach (RunningBranch branch in _branches)
            branch.Select(rows);
        DeviceMatrix selected = _workspace.Scratch("selected stream", stream.Columns);
        _workspace.Engine.SelectRows(stream, rows, selected);
        return selected;
    }

    private DeviceMatrix Delta(DeviceMatrix stream, int branch) => _workspace.Scratch($"delta {branch}", stream.Columns);
}

/// <summary>A branch whose weights are uploaded.</summary>
internal sealed class RunningBranch(Blueprints.Branch branch, Workspace workspace, int layer)
{
    private readonly RunningModule? _module = branch.Module is Attention ? null : RunningModule.Of(branch.Module, workspace);
    private readonly NormWeights? _behind = workspace.Norm(branch.Behind);

    /// <summary>The attention, or null when the module is none.</summary>
    public RunningAttention? Attention { get; } = branch.Module is Attention attention ? new RunningAttention(attention, workspace, layer) : null;

    /// <summary>The norm of its input, or null.</summary>
    public NormWeights? Before { get; } = workspace.Norm(branch.Before);

    /// <summary>Lets every token attend, if the module is attention.</summary>
    public void Gather(BatchContext context, DeviceMatrix stream) =>
        Attention?.Gather(context, Normed(stream), Gathered("gathered"));

    /// <summary>Keeps some rows of what was gathered.</summary>
    public void Select(int[] rows)
    {
        if (Attention is not null)
            workspace.Engine.SelectRows(Gathered("gathered"), rows, Gathered("selected"));
    }

    /// <summary>Runs what is left of the branch.</summary>
    /// <param name="stream">The rows.</param>
    /// <param name="output">As many rows.</param>
    /// <param name="selected">Whether <see cref="Select"/> kept some rows.</param>
    public void Run(DeviceMatrix stream, DeviceMatrix output, bool selected)
    {
        if (Attention is not null)
            Attention.Project(Gathered(selected ? "selected" : "gathered"), output);
        else
            _module!.Run(Normed(stream), output, null);
        if (_behind is not null)
            workspace.Engine.Normalize(output, _behind, output);
    }

    private DeviceMatrix Gathered(string purpose) => workspace.Scratch(purpose, Attention!.GatheredWidth);

    private DeviceMatrix Normed(DeviceMatrix stream)
    {
        if (Before is null)
            return stream;
        DeviceMatrix normed = workspace.Scratch("normed", stream.Columns);
        workspace.Engine.Normalize(stream, Before, normed);
        return normed;
    }
}
