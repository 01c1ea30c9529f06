using Gate.Models.Blueprints;
using Gate.Models.Engines;
using Gate.Models.Questions;

namespace Gate.Models.Runtime;

/// <summary>A head whose weights are uploaded.</summary>
internal sealed class HeadRunner(Head head, Workspace workspace)
{
    private readonly LinearWeights _projection = workspace.Linear(head.Projection);
    private readonly LinearWeights? _transform = head.Transform is { } transform ? workspace.Linear(transform) : null;
    private readonly NormWeights? _norm = workspace.Norm(head.TransformNorm);

    /// <summary>Answers queries about the logits of rows.</summary>
    /// <param name="states">Rows behind the last block; changed.</param>
    /// <param name="queries">Ordered by row.</param>
    /// <param name="answers">One for each query.</param>
    public void Project(DeviceMatrix states, ReadOnlyMemory<RowQuery> queries, Memory<NextTokenScores> answers) =>
        workspace.Engine.Project(Transformed(states), _projection, head.SoftCap, queries, answers);

    /// <summary>Shows the logits of every row, in order.</summary>
    /// <param name="states">Rows behind the last block; changed.</param>
    /// <param name="visit">Receives the row and its logits.</param>
    public void VisitLogits(DeviceMatrix states, LogitsVisitor visit) =>
        workspace.Engine.VisitLogits(Transformed(states), _projection, head.SoftCap, visit);

    private DeviceMatrix Transformed(DeviceMatrix states)
    {
        if (_transform is not null)
        {
            DeviceMatrix transformed = workspace.Scratch("head", _transform.Outputs);
            workspace.Multiply(states, _transform, head.Transform!, transformed);
            states = transformed;
        }

        if (head.TransformActivation is { } activation)
            workspace.Engine.Activate(states, activation);
        if (_norm is not null)
            workspace.Engine.Normalize(states, _norm, states);
        if (head.Scale != 1)
            workspace.Engine.Scale(states, head.Scale);
        return states;
    }
}
