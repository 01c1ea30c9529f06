namespace Gate.Models.Checkpoints;

/// <summary>The weight of a linear layer that a file holds as [inputs, outputs] (the <c>Conv1D</c> of GPT-2), turned once at the reading door.</summary>
/// <param name="store">The files.</param>
/// <param name="stored">[inputs, outputs].</param>
/// <param name="name">Name of the matrix.</param>
internal sealed class TransposedTensor(TensorStore store, TensorInfo stored, string name) : DerivedTensor(name, [stored.Shape[1], stored.Shape[0]], [stored], stored.Format)
{
    public override double CodeBits => 8.0 * stored.ElementSize;

    /// <summary>Presents some tensors of a checkpoint turned.</summary>
    /// <param name="checkpoint">The checkpoint; the result takes it over.</param>
    /// <param name="names">Tensors of two extents.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3027): one of them is packed.</exception>
    public static Checkpoint Orient(Checkpoint checkpoint, IEnumerable<string> names)
    {
        HashSet<string> turned = [.. names];
        return turned.Count == 0 ? checkpoint : checkpoint.With(turned, (store, tensor) => [new TransposedTensor(store, tensor, tensor.Name)]);
    }

    // A column of the file is a row here: as many as are asked for are gathered in one pass over the file.
    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        int inputs = (int)stored.Shape[0], outputs = (int)stored.Shape[1], size = stored.ElementSize;
        float[] part = new float[rowCount];
        for (int input = 0; input < inputs; input++)
        {
            Widening.ToSingles(stored.Format, store.Read(stored, (((long)input * outputs) + firstRow) * size, rowCount * size), part);
            for (int row = 0; row < rowCount; row++)
                destination[(row * inputs) + input] = part[row];
        }
    }
}
