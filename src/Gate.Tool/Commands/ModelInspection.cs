using System.Collections.Immutable;
using Gate.Compression;
using Gate.Models.Checkpoints;

namespace Gate.Tool.Commands;

/// <summary>What is inside a checkpoint.</summary>
internal sealed record ModelInspection(
    string Family, long Parameters, long LinearParameters, int Tensors, long Bytes, double Sparsity, string WeightsHash, string? Recipe,
    ImmutableArray<InspectedLayer> Layers)
{
    /// <summary>Reads every linear weight once, a band of rows at a time.</summary>
    public static ModelInspection Of(Models.Model model, CancellationToken cancellationToken)
    {
        Checkpoint checkpoint = model.Checkpoint;
        CompressionOutcome? sidecar = Compressor.ReadSidecar(model);
        Dictionary<string, CompressedLayer> compressed =
            sidecar?.Layers.ToDictionary(layer => layer.Layer.Name, StringComparer.Ordinal) ?? [];
        ImmutableArray<InspectedLayer> layers = [.. model.LinearLayers.Select(layer =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            TensorInfo tensor = checkpoint.Require(layer.WeightTensor);
            double bits = compressed.TryGetValue(layer.Name, out CompressedLayer? known) ? known.Bits : 8.0 * checkpoint.StoredBytesOf(tensor) / tensor.ElementCount;
            return new InspectedLayer(
                layer.Name, $"{layer.Role}", layer.Outputs, layer.Inputs, FormatOf(checkpoint, tensor), bits, StoredWeights.CountZeros(checkpoint, tensor), layer.WeightCount,
                checkpoint.StoredBytesOf(tensor));
        })];
        long weights = layers.Sum(layer => layer.Weights);
        return new ModelInspection(
            checkpoint.Configuration.ModelType, checkpoint.Tensors.Sum(tensor => tensor.ElementCount), weights, checkpoint.StoredTensors.Count,
            checkpoint.StoredTensors.Sum(tensor => tensor.Length), weights == 0 ? 0 : layers.Sum(layer => layer.Zeros) / (double)weights,
            checkpoint.ComputeWeightsHash(cancellationToken), sidecar?.RecipeText, layers);
    }

    // A packed matrix is presented as binary32; what is stored is the packed format.
    private static string FormatOf(Checkpoint checkpoint, TensorInfo tensor) =>
        checkpoint.Quantization is { } quantization && checkpoint.StoredBytesOf(tensor) != tensor.Length ? quantization.Format : $"{tensor.Format}";
}

/// <summary>One linear layer.</summary>
internal sealed record InspectedLayer(
    string Name, string Role, int Outputs, int Inputs, string Format, double Bits, long Zeros, long Weights, long Bytes)
{
    /// <summary>Share of zero weights.</summary>
    public double Sparsity => (double)Zeros / Weights;
}
