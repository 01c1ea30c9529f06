using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;

namespace Gate.Models.Engines;

/// <summary>The weights of a checkpoint whose layout was checked, each scanned for NaN and infinity before it is handed out.</summary>
/// <param name="checkpoint">The checkpoint.</param>
/// <param name="replaced">Matrices and vectors that stand in for stored ones, by tensor name.</param>
internal sealed class ModelWeights(Checkpoint checkpoint, IReadOnlyDictionary<string, ReplacedWeights>? replaced = null)
{
    /// <summary>A matrix, in place.</summary>
    /// <exception cref="GateException">Exit 4: a value is NaN or infinite.</exception>
    public StoredMatrix Matrix(string name) =>
        replaced is not null && replaced.TryGetValue(name, out ReplacedWeights? values)
            ? new(checkpoint, checkpoint.Require(name)) { Replaced = values }
            : new(checkpoint, RequireFinite(name));

    /// <summary>A vector (norm, bias), widened.</summary>
    /// <exception cref="GateException">Exit 4: a value is NaN or infinite.</exception>
    public float[] Vector(string name)
    {
        if (replaced is null || !replaced.TryGetValue(name, out ReplacedWeights? values))
            return checkpoint.ReadSingles(RequireFinite(name).Name);
        float[] widened = new float[checkpoint.Require(name).ElementCount];
        values.Widen(0, 1, widened.Length, widened);
        return widened;
    }

    /// <summary>A linear layer.</summary>
    public StoredLinear Linear(Linear linear) =>
        new(Matrix(linear.Matrix.Tensor), linear.Bias is { } bias ? Vector(bias.Name) : null, linear.Rows);

    private TensorInfo RequireFinite(string name)
    {
        TensorInfo tensor = checkpoint.Require(name);
        if (FiniteCheck.FindFirst(checkpoint, tensor) is not { } found)
            return tensor;
        string path = Path.Combine(checkpoint.Folder, tensor.File);
        throw GateException.Input(
            "GATE3085",
            $"{path}: tensor '{name}': expected finite weights, found {found.Value} at [{string.Join(", ", found.Index)}].",
            new SourceLocation(path),
            "The model is broken: download it again, or repeat the step that made it.");
    }
}
