namespace Gate.Models.Checkpoints;

/// <summary>A computed matrix under another name.</summary>
/// <param name="tensor">The matrix.</param>
/// <param name="name">Its new name.</param>
internal sealed class RenamedTensor(DerivedTensor tensor, string name) : DerivedTensor(name, tensor.Info.Shape, tensor.Parts, tensor.Info.Format)
{
    public override double CodeBits => tensor.CodeBits;

    public override System.Collections.Immutable.ImmutableArray<TensorInfo> Scales => tensor.Scales;

    public override Quantized.IntegerRows? Integers => tensor.Integers;

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination) => tensor.ReadRows(firstRow, rowCount, destination);
}
