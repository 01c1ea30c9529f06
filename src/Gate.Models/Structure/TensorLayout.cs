using System.Collections.Immutable;
using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Structure;

/// <summary>A tensor that a checkpoint must hold.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Shape">The extents the configuration asks for, slowest first, as they lie in the file.</param>
internal sealed record ExpectedTensor(string Name, ImmutableArray<long> Shape)
{
    /// <summary>Whether it is the [inputs, outputs] of a layer.</summary>
    public bool IsTransposed { get; init; }
}

/// <summary>Lists every tensor that a blueprint reads, each once, in the order of the forward pass.</summary>
internal sealed class TensorLayout
{
    private readonly List<ExpectedTensor> _tensors = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private TensorLayout()
    {
    }

    /// <summary>The tensors of a blueprint.</summary>
    public static IReadOnlyList<ExpectedTensor> Of(Blueprint blueprint)
    {
        TensorLayout layout = new();
        foreach (Stack stack in blueprint.Stacks)
            layout.Add(stack);
        layout.Add(blueprint.Head);
        return layout._tensors;
    }

    /// <summary>The tensors of a block.</summary>
    public static IReadOnlyList<ExpectedTensor> Of(ImmutableArray<Step> block)
    {
        TensorLayout layout = new();
        layout.Add(block);
        return layout._tensors;
    }

    private void Add(Stack stack)
    {
        Embedding embedding = stack.Embedding;
        Add(embedding.Table);
        if (embedding.Positions is { } positions)
            Add(positions.Table, [positions.Rows, positions.Width]);
        if (embedding.Types is { } types)
            Add(types);
        Add(embedding.Norm);
        Add(embedding.Projection);
        foreach (ImmutableArray<Step> block in stack.Blocks)
            Add(block);
        Add(stack.FinalNorm);
    }

    private void Add(ImmutableArray<Step> block)
    {
        foreach (Step step in block)
        {
            foreach (Branch branch in step.Branches)
            {
                Add(branch.Before);
                Add(branch.Module);
                Add(branch.Behind);
            }

            Add(step.After);
        }
    }

    private void Add(Module module)
    {
        foreach (Linear linear in BlueprintWalk.Linears(module))
            Add(linear);
        if (module is not Attention attention)
            return;
        Add(attention.QueryNorm);
        Add(attention.KeyNorm);
        Add(attention.Sinks);
        if (attention.Positions is RelativeBuckets buckets)
            Add(buckets.Table, [buckets.Buckets, attention.Heads]);
    }

    private void Add(Head head)
    {
        Add(head.Transform);
        Add(head.TransformNorm);
        Add(head.Projection);
    }

    private void Add(Linear? linear)
    {
        if (linear is null)
            return;
        Add(linear.Matrix);
        Add(linear.Bias);
    }

    private void Add(Norm? norm)
    {
        Add(norm?.Weight);
        Add(norm?.Bias);
    }

    private void Add(Vector? vector)
    {
        if (vector is not null)
            Add(vector.Name, vector.IsRow ? [1, vector.Length] : [vector.Length]);
    }

    private void Add(Matrix matrix)
    {
        bool transposed = matrix.Storage == MatrixStorage.Transposed;
        Add(matrix.Tensor, transposed ? [matrix.Inputs, matrix.Outputs] : [matrix.Outputs, matrix.Inputs], transposed);
    }

    private void Add(string name, ImmutableArray<long> shape, bool transposed = false)
    {
        if (_seen.Add(name))
            _tensors.Add(new ExpectedTensor(name, shape) { IsTransposed = transposed });
    }
}
