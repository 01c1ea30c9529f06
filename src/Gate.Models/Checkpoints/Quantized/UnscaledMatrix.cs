using System.Collections.Immutable;

namespace Gate.Models.Checkpoints.Quantized;

/// <summary>A matrix whose codes are its values: stored sparsely, but not quantised.</summary>
internal sealed class UnscaledMatrix(string name, ImmutableArray<TensorInfo> parts, MatrixCodes codes)
    : DerivedTensor(name, [codes.Rows, codes.Columns], parts)
{
    public override double CodeBits => codes.Bits;

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination) => codes.ReadRows(firstRow, rowCount, destination);
}
