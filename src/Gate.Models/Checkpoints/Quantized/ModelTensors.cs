using System.Collections.Immutable;

namespace Gate.Models.Checkpoints.Quantized;

/// <summary>The tensors of a model as its architecture names them, whatever the files hold.</summary>
/// <param name="Plain">Tensors stored as they are used.</param>
/// <param name="Derived">Matrices computed from packed tensors.</param>
/// <param name="Quantization">The format of the packed tensors, or null.</param>
internal sealed record ModelTensors(ImmutableArray<TensorInfo> Plain, ImmutableArray<DerivedTensor> Derived, QuantizationInfo? Quantization)
{
    /// <summary>Everything a store holds, as it is.</summary>
    public static ModelTensors Unchanged(TensorStore store) => new(store.Tensors, [], null);

    /// <summary>Matrices in place of their parts, everything else as it is.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3118): a matrix has the name of a tensor that is stored as well.</exception>
    public static ModelTensors Replacing(TensorStore store, IEnumerable<DerivedTensor> derived, QuantizationInfo quantization)
    {
        ImmutableArray<DerivedTensor> matrices = [.. derived];
        HashSet<string> parts = [.. matrices.SelectMany(matrix => matrix.Parts).Select(part => part.Name)];
        ImmutableArray<TensorInfo> plain = [.. store.Tensors.Where(tensor => !parts.Contains(tensor.Name))];
        HashSet<string> names = [.. plain.Select(tensor => tensor.Name)];
        foreach (DerivedTensor matrix in matrices)
        {
            if (!names.Add(matrix.Info.Name))
                throw QuantizedDiagnostics.StoredTwice(store, matrix.Info);
        }

        return new ModelTensors(plain, matrices, quantization);
    }
}
