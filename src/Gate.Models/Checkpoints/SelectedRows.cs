using System.Collections.Immutable;

namespace Gate.Models.Checkpoints;

/// <summary>Some rows of a tensor as a tensor of its own.</summary>
/// <param name="name">Its name.</param>
/// <param name="source">The checkpoint that has the tensor, open as long as this is read.</param>
/// <param name="tensor">The tensor.</param>
/// <param name="rows">The rows, in order.</param>
internal sealed class SelectedRows(string name, Checkpoint source, TensorInfo tensor, ImmutableArray<int> rows)
    : DerivedTensor(name, [rows.Length, .. tensor.Shape[1..]], [tensor], tensor.Format)
{
    public override double CodeBits => 8.0 * tensor.ElementSize;

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        int length = (int)tensor.RowLength;
        for (int row = 0; row < rowCount; row++)
            source.ReadSingles(tensor, rows[(int)firstRow + row], 1, destination.Slice(row * length, length));
    }
}
