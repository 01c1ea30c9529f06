namespace Gate.Models.Checkpoints;

/// <summary>One of several vectors that a file stacks in a tensor; its rows are single values.</summary>
/// <param name="store">The files.</param>
/// <param name="stored">The vector's part of the stacked tensor.</param>
/// <param name="name">Name of the vector.</param>
internal sealed class StackedVector(TensorStore store, TensorInfo stored, string name) : DerivedTensor(name, stored.Shape, [stored], stored.Format)
{
    public override double CodeBits => 8.0 * stored.ElementSize;

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        int size = stored.ElementSize;
        Widening.ToSingles(stored.Format, store.Read(stored, firstRow * size, rowCount * size), destination);
    }
}
