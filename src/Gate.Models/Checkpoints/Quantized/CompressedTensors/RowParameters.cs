namespace Gate.Models.Checkpoints.Quantized.CompressedTensors;

/// <summary>Scales and zero points stored [rows, groups], where several weight rows may share one row of parameters.</summary>
/// <param name="store">The stored tensors.</param>
/// <param name="scale">The scales.</param>
/// <param name="zero">The zero points, or null for none.</param>
/// <param name="sharedRows">Weight rows that share a row of parameters.</param>
/// <param name="groups">Groups in a row.</param>
internal sealed class RowParameters(TensorStore store, TensorInfo scale, ZeroPoints? zero, int sharedRows, int groups) : GroupParameters(groups)
{
    public override void ReadRow(long row, Span<float> scales, Span<float> zeros)
    {
        int rowBytes = Groups * scale.ElementSize;
        Widening.ToSingles(scale.Format, store.Read(scale, row / sharedRows * rowBytes, rowBytes), scales);
        if (zero is null)
            zeros.Clear();
        else
            zero.ReadRow(row / sharedRows, zeros);
    }
}
