using Gate.Models.Structure;

namespace Gate.Compression.Planning;

/// <summary>
/// What storing only the kept weights of pruned layers behind a one-bit mask would cost and save, against the packed form that stores every code. Counted as
/// the <c>sparse-bitmask</c> layout does: one bit for each weight, every row padded to whole bytes, a 64-bit offset for each row, and the codes of kept weights
/// one after the other in 32-bit words (16-bit numbers where a layer is not quantised). Scales and zero points stay, also those of groups that are pruned
/// as a whole. No runtime in use reads such files, so Gate does not write them; a mask pays only where the share of zeros exceeds 1 / bits.
/// </summary>
/// <param name="MaskBytes">Masks and row offsets.</param>
/// <param name="SavedBytes">Codes of the zeros.</param>
public sealed record BitmaskSize(long MaskBytes, long SavedBytes)
{
    private const int OffsetBytes = sizeof(long);

    /// <summary>What a mask would change in all; negative where it saves.</summary>
    public long Change => MaskBytes - SavedBytes;

    /// <summary>The masks of all layers that have zeros by pruning; null where no layer has.</summary>
    /// <param name="layers">The compressed layers with their realised sparsity.</param>
    public static BitmaskSize? Of(IEnumerable<CompressedLayer> layers)
    {
        BitmaskSize? total = null;
        foreach (CompressedLayer layer in layers.Where(layer => layer.Sparsity > 0))
        {
            BitmaskSize one = Of(layer.Layer, layer.Bits, (long)Math.Round(layer.Sparsity * layer.Layer.WeightCount));
            total = new BitmaskSize((total?.MaskBytes ?? 0) + one.MaskBytes, (total?.SavedBytes ?? 0) + one.SavedBytes);
        }

        return total;
    }

    /// <summary>What masks would change in bytes if only those layers had one where it saves; at most 0.</summary>
    /// <param name="plan">A plan, with its requested sparsity.</param>
    public static long LeastChange(CompressionPlan plan) => plan.Layers.Where(planned => planned.Prune is not null)
        .Sum(planned => Math.Min(0, Of(planned.Layer, planned.Quantize?.Bits ?? 16, (long)Math.Round(PlannedZeros.Of(planned))).Change));

    private static BitmaskSize Of(LinearLayer layer, double bits, long zeros) =>
        new(((layer.Inputs + 7L) / 8 + OffsetBytes) * layer.Outputs, CodeBytes(layer, bits, zeros));

    private static long CodeBytes(LinearLayer layer, double bits, long zeros)
    {
        double all = layer.Outputs * Math.Ceiling(layer.Inputs * bits / 32);
        double kept = Math.Ceiling((layer.WeightCount - zeros) * bits / 32);
        return 4 * (long)(all - kept);
    }
}
