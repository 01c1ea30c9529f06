using System.Collections.Immutable;
using Gate.Compression;
using Gate.Models.Checkpoints;

namespace Gate.Tool.Commands;

/// <summary>What is inside a checkpoint. Of a family that Gate does not know (<c>CanRun</c> is false), every matrix of floating-point numbers is listed, embeddings too.</summary>
internal sealed record ModelInspection(
    string Family, bool CanRun, long Parameters, long LinearParameters, int Tensors, long Bytes, double Sparsity, string WeightsHash, string? Recipe,
    ImmutableArray<InspectedLayer> Layers)
{
    /// <summary>Reads every linear weight once, a band of rows at a time; needs no forward pass, and so no family that Gate can run.</summary>
    /// <param name="checkpoint">The files.</param>
    /// <param name="model">The model they hold, or null when Gate does not know its family.</param>
    /// <param name="cancellationToken">Looked at between layers.</param>
    public static ModelInspection Of(Checkpoint checkpoint, Models.Model? model, CancellationToken cancellationToken)
    {
        CompressionOutcome? sidecar = Compressor.ReadSidecar(checkpoint);
        Dictionary<string, CompressedLayer> compressed =
            sidecar?.Layers.ToDictionary(layer => layer.Layer.Name, StringComparer.Ordinal) ?? [];
        ImmutableArray<(string Name, string Role, TensorInfo Tensor)> matrices = model is null
            ? [.. checkpoint.Tensors.Where(tensor => tensor.Shape is [> 0, > 0] && $"{tensor.Format}".Contains("Float", StringComparison.Ordinal))
                .Select(tensor => (tensor.Name, "Matrix", tensor))]
            : [.. model.LinearLayers.Select(layer => (layer.Name, $"{layer.Role}", checkpoint.Require(layer.WeightTensor)))];
        ImmutableArray<InspectedLayer> layers = [.. matrices.Select(matrix =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            TensorInfo tensor = matrix.Tensor;
            double bits = compressed.TryGetValue(matrix.Name, out CompressedLayer? known) ? known.Bits : 8.0 * checkpoint.StoredBytesOf(tensor) / tensor.ElementCount;
            return new InspectedLayer(
                matrix.Name, matrix.Role, tensor.Shape[0], tensor.Shape[1], FormatOf(checkpoint, tensor), bits, StoredWeights.CountZeros(checkpoint, tensor), tensor.ElementCount,
                checkpoint.StoredBytesOf(tensor));
        })];
        long weights = layers.Sum(layer => layer.Weights);
        return new ModelInspection(
            checkpoint.Configuration.ModelType, model is not null, checkpoint.Tensors.Sum(tensor => tensor.ElementCount), weights, checkpoint.StoredTensors.Count,
            checkpoint.StoredTensors.Sum(tensor => tensor.Length), weights == 0 ? 0 : layers.Sum(layer => layer.Zeros) / (double)weights,
            checkpoint.ComputeWeightsHash(cancellationToken), sidecar?.RecipeText, layers);
    }

    // A packed matrix is presented as binary32; what is stored is the packed format.
    private static string FormatOf(Checkpoint checkpoint, TensorInfo tensor) =>
        checkpoint.Quantization is { } quantization && checkpoint.StoredBytesOf(tensor) != tensor.Length ? quantization.Format : $"{tensor.Format}";
}

/// <summary>One linear layer.</summary>
internal sealed record InspectedLayer(
    string Name, string Role, long Outputs, long Inputs, string Format, double Bits, long Zeros, long Weights, long Bytes)
{
    /// <summary>Share of zero weights.</summary>
    public double Sparsity => (double)Zeros / Weights;
}
