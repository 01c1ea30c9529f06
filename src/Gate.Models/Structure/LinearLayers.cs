using System.Collections.Immutable;
using Gate.Models.Blueprints;

namespace Gate.Models.Structure;

/// <summary>The linear layers that compression may touch: every matrix of the blocks but routers, each once, then the final dense layer if it is a matrix
/// of its own.</summary>
internal static class LinearLayers
{
    /// <summary>The layers in the order of the forward pass.</summary>
    public static ImmutableArray<LinearLayer> Of(Blueprint blueprint)
    {
        var layers = ImmutableArray.CreateBuilder<LinearLayer>();
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        HashSet<string> stacked = [.. blueprint.Stacked.SelectMany(stack => stack.Parts)];
        foreach (PlacedStep placed in BlueprintWalk.Steps(blueprint))
        {
            foreach ((Branch branch, string input) in InputGroups.Of(placed.Step))
                Add(branch.Module, input, placed.Block);
        }

        Matrix head = blueprint.Head.Projection.Matrix;
        if (blueprint.Stacks.All(stack => stack.Embedding.Table.Tensor != head.Tensor))
            layers.Add(new LinearLayer(head.Module, head.Tensor, head.Outputs, head.Inputs, LinearRole.FinalDense, -1, head.Module));
        return layers.ToImmutable();

        void Add(Module module, string input, int block)
        {
            switch (module)
            {
                case Attention attention:
                    string source = attention.Sees == Sees.Memory ? InputGroups.MemoryOf(attention) : input;
                    bool fused = ReferenceEquals(attention.Query.Matrix, attention.Key.Matrix) || attention.Query.Matrix == attention.Key.Matrix;
                    AddMatrix(attention.Query.Matrix, fused ? LinearRole.AttentionQueryKeyValue : LinearRole.AttentionQuery, input, block);
                    AddMatrix(attention.Key.Matrix, LinearRole.AttentionKey, source, block);
                    AddMatrix(attention.Value.Matrix, LinearRole.AttentionValue, source, block);
                    AddMatrix(attention.Output.Matrix, LinearRole.AttentionOutput, InputGroups.OutputOf(attention), block);
                    break;
                case FeedForward feedForward:
                    if (feedForward.Gate is { } gate)
                        AddMatrix(gate.Matrix, gate.Matrix == feedForward.Up.Matrix ? LinearRole.FeedForwardGateUp : LinearRole.FeedForwardGate, input, block);
                    AddMatrix(feedForward.Up.Matrix, LinearRole.FeedForwardUp, input, block);
                    AddMatrix(feedForward.Down.Matrix, LinearRole.FeedForwardDown, InputGroups.OutputOf(feedForward), block);
                    break;
                case Experts experts:
                    foreach (FeedForward expert in experts.Each)
                        Add(expert, InputGroups.InputOf(expert), block);
                    if (experts.Shared is { } shared)
                        Add(shared, InputGroups.InputOf(shared), block);
                    break;
            }
        }

        void AddMatrix(Matrix matrix, LinearRole role, string group, int block)
        {
            if (seen.TryAdd(matrix.Tensor, layers.Count))
            {
                layers.Add(new LinearLayer(matrix.Module, matrix.Tensor, matrix.Outputs, matrix.Inputs, role, block, group)
                {
                    IsTransposed = matrix.Storage == MatrixStorage.Transposed || stacked.Contains(matrix.Tensor),
                });
            }
            else
            {
                layers[seen[matrix.Tensor]] = layers[seen[matrix.Tensor]] with { LastBlock = block };
            }
        }
    }
}
