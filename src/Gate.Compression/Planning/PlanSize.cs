using Gate.Models;

namespace Gate.Compression.Planning;

/// <summary>The size of a plan, from shapes alone. Decimal arithmetic, so that 25 % and 4 bit are 0.8125 and not nearly so.</summary>
/// <param name="Weights">Weights of the compressed layers.</param>
/// <param name="KeptBits">Σ n·(1 − s)·q over them.</param>
/// <param name="LayerBits">Bits of those layers in packed form.</param>
/// <param name="FileBytes">Bytes of the whole candidate in packed form.</param>
/// <param name="DenseBytes">Bytes of all dense tensors at 16 bit.</param>
internal sealed record PlanSize(long Weights, decimal KeptBits, long LayerBits, long FileBytes, long DenseBytes)
{
    private const int DenseBits = 16;

    /// <summary>TCr = 1 − Σ n(1 − s)q / (16 Σ n).</summary>
    public decimal CompressionRate => 1 - KeptBits / (DenseBits * (decimal)Weights);

    /// <summary>Real bits per weight of the compressed layers.</summary>
    public decimal BitsPerWeight => LayerBits / (decimal)Weights;

    /// <summary>Bytes of the candidate over bytes of the dense model.</summary>
    public decimal Ratio => FileBytes / (decimal)DenseBytes;

    /// <summary>Measures planned layers.</summary>
    /// <param name="layers">What is planned.</param>
    /// <param name="size">The size function of the candidate's format.</param>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="removed">Weights of linear layers that are gone as a whole.</param>
    public static PlanSize Of(IReadOnlyList<PlannedLayer> layers, ICandidateSize size, Model dense, long removed = 0) => new(
        layers.Sum(planned => planned.Layer.WeightCount) + removed, layers.Sum(KeptBitsOf), layers.Sum(size.LayerBits), size.FileBytes(layers),
        PackedForm.DenseBytes16(dense.Checkpoint.Tensors));

    private static decimal KeptBitsOf(PlannedLayer planned) =>
        (planned.Layer.WeightCount - PlannedZeros.Of(planned)) * (planned.Quantize?.Bits ?? DenseBits);
}
