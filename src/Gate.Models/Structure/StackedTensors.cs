using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;

namespace Gate.Models.Structure;

/// <summary>Takes apart the tensors in which a file stacks what several modules have each.</summary>
internal static class StackedTensors
{
    /// <summary>Presents every part under a name of its own.</summary>
    /// <param name="checkpoint">The checkpoint; the result takes it over.</param>
    /// <param name="blueprint">The model.</param>
    /// <exception cref="GateException">Exit 4 (GATE3083): a stack of another rank, or of another number of parts.</exception>
    public static Checkpoint TakeApart(Checkpoint checkpoint, Blueprint blueprint)
    {
        Dictionary<string, StackedTensor> found = blueprint.Stacked.Where(stack => checkpoint.Find(stack.Name) is not null).ToDictionary(stack => stack.Name, StringComparer.Ordinal);
        foreach (StackedTensor stack in found.Values)
            Check(checkpoint, checkpoint.Require(stack.Name), stack);
        return found.Count == 0
            ? checkpoint
            : checkpoint.With(found.Keys.ToHashSet(StringComparer.Ordinal), (store, tensor) => found[tensor.Name].Parts.Select((name, index) => Part(store, tensor, name, index)));
    }

    private static DerivedTensor Part(TensorStore store, TensorInfo stack, string name, int index)
    {
        TensorInfo slice = stack.Slice(index);
        return slice.Shape.Length == 1 ? new StackedVector(store, slice, name) : new TransposedTensor(store, slice, name);
    }

    private static void Check(Checkpoint checkpoint, TensorInfo tensor, StackedTensor stack)
    {
        if (tensor.Shape.Length == (stack.IsMatrix ? 3 : 2) && tensor.Shape[0] == stack.Parts.Length && tensor.Shape.All(extent => extent is > 0 and <= int.MaxValue))
            return;
        throw GateException.Input(
            "GATE3083",
            $"the tensor '{tensor.Name}' has the shape {tensor.ShapeText}, but the configuration asks for [{stack.Parts.Length}, {(stack.IsMatrix ? "inputs, outputs" : "outputs")}]",
            new SourceLocation(Path.Combine(checkpoint.Folder, tensor.File)),
            "check that config.json belongs to these weights (the number of experts decides the first extent)");
    }
}
