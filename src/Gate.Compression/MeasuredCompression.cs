using Gate.Models.Checkpoints;
using Gate.Models.Structure;

namespace Gate.Compression;

/// <summary>TCr and its parts as the tensors of a candidate tell them, whoever made it.</summary>
/// <param name="TheoreticalCompressionRate">1 − Σ n(1 − s)q / (16 Σ n) over the linear layers.</param>
/// <param name="Sparsity">Share of zeros that are stored at 16 bit or more, over all weights: a zero among codes takes its bits, and nothing says that it was pruned.</param>
/// <param name="Bits">Mean bits of a weight that is not such a zero.</param>
public sealed record MeasuredCompression(double TheoreticalCompressionRate, double Sparsity, double Bits)
{
    /// <summary>Measures a candidate that no sidecar describes; null when it has no linear layer.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="layers">Its linear layers.</param>
    /// <param name="removed">Weights of the dense model's linear layers that it has no layers for; they count as zeros.</param>
    /// <param name="cancellationToken">Checked between layers.</param>
    public static MeasuredCompression? Of(Checkpoint candidate, IReadOnlyList<LinearLayer> layers, long removed, CancellationToken cancellationToken)
    {
        decimal weights = removed, kept = 0, keptBits = 0;
        foreach (LinearLayer layer in layers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TensorInfo tensor = candidate.Require(layer.WeightTensor);
            double bits = Math.Min(16, candidate.CodeBitsOf(tensor));
            long left = layer.WeightCount - (bits < 16 ? 0 : StoredWeights.CountZeros(candidate, tensor));
            weights += layer.WeightCount;
            kept += left;
            keptBits += left * (decimal)bits;
        }

        return weights == 0 ? null
            : new MeasuredCompression((double)(1 - (keptBits / (16 * weights))), (double)(1 - (kept / weights)), kept == 0 ? 0 : (double)(keptBits / kept));
    }
}
