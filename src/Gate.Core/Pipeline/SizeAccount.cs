using Gate.Compression;
using Gate.Compression.Planning;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>Sizes of a pair of models: what the recipe promises beside what lies on disk.</summary>
internal static class SizeAccount
{
    /// <summary>Sizes with a known recipe, or as far as the files tell without one.</summary>
    public static SizeInfo Of(JudgedModel dense, JudgedModel candidate, ModelInfo candidateInfo, CompressionOutcome? compression, CancellationToken cancellationToken)
    {
        if (compression is not null)
        {
            if (dense.Served is null && candidate.Served is null && RemovedWeights(dense, candidate) is var removed && removed != compression.RemovedWeights)
                throw Compressor.Disagrees(candidate.Checkpoint, $"expected {removed} weights of removed blocks and experts, found {compression.RemovedWeights}");
            BitmaskSize? mask = BitmaskSize.Of(compression.Layers);
            return new SizeInfo
            {
                TheoreticalCompressionRate = compression.TheoreticalCompressionRate,
                Sparsity = compression.Sparsity,
                Bits = compression.Bits,
                DenseBytes16 = compression.DenseBytes16,
                CandidateFileBytes = candidateInfo.FileBytes,
                CandidatePackedBytes = compression.PackedBytes,
                BitsPerWeight = compression.BitsPerWeight,
                BitmaskBytes = mask?.MaskBytes,
                BitmaskSavedBytes = mask?.SavedBytes,
            };
        }

        // Without a recipe the files themselves are measured: bits and zeros of the tensors; the weights are as large as they are stored, scales and zero points included. Of a
        // served model there is only what its description states.
        long denseBytes = dense.Served is { } served ? 2 * served.Parameters : BytesAt16(dense.Checkpoint);
        if (candidate.Served is { } stated)
        {
            return new SizeInfo
            {
                Stated = true,
                DenseBytes16 = denseBytes,
                CandidateFileBytes = stated.WeightBytes,
                CandidatePackedBytes = stated.WeightBytes,
                BitsPerWeight = 8.0 * stated.WeightBytes / stated.Parameters,
            };
        }

        Checkpoint files = candidate.Checkpoint;
        IReadOnlyList<LinearLayer> layers = candidate.Model.LinearLayers;
        TensorInfo[] weights = [.. layers.Select(layer => files.Require(layer.WeightTensor))];
        MeasuredCompression? measured = MeasuredCompression.Of(files, layers, RemovedWeights(dense, candidate), cancellationToken);
        return new SizeInfo
        {
            TheoreticalCompressionRate = measured?.TheoreticalCompressionRate,
            Sparsity = measured?.Sparsity,
            Bits = measured?.Bits,
            DenseBytes16 = denseBytes,
            CandidateFileBytes = candidateInfo.FileBytes,
            CandidatePackedBytes = files.StoredTensors.Sum(tensor => tensor.Length),
            BitsPerWeight = weights.Length == 0 ? 0 : 8.0 * weights.Sum(files.StoredBytesOf) / weights.Sum(tensor => tensor.ElementCount),
        };
    }

    // Whatever a candidate has more of, such as a head that was untied, is nothing that was removed.
    private static long RemovedWeights(JudgedModel dense, JudgedModel candidate) => dense.Served is not null ? 0
        : Math.Max(0, dense.Model.LinearLayers.Sum(layer => layer.WeightCount) - candidate.Model.LinearLayers.Sum(layer => layer.WeightCount));

    private static long BytesAt16(Checkpoint dense) => dense.Tensors.Sum(tensor => IsFloating(tensor.Format) ? tensor.ElementCount * 2 : tensor.Length);

    private static bool IsFloating(NumberFormat format) =>
        format is NumberFormat.Float32 or NumberFormat.Float16 or NumberFormat.BFloat16 or NumberFormat.Float64;
}
