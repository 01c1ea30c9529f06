namespace Gate.Models.Checkpoints.Quantized;

/// <summary>The scale and the zero point of every group of a row.</summary>
/// <param name="groups">Groups in a row.</param>
internal abstract class GroupParameters(int groups)
{
    /// <summary>Groups in a row.</summary>
    public int Groups => groups;

    /// <summary>Reads the parameters of one row. Safe from several threads.</summary>
    /// <param name="row">Row.</param>
    /// <param name="scales">Receives one scale for each group.</param>
    /// <param name="zeros">Receives one zero point for each group, on the scale of the codes.</param>
    public abstract void ReadRow(long row, Span<float> scales, Span<float> zeros);
}
