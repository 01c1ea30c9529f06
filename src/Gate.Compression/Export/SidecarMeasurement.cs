using System.Globalization;
using Gate.Compression.Planning;
using Gate.Models.Checkpoints;

namespace Gate.Compression.Export;

/// <summary>Holds what a sidecar says of bits, zeros and TCr against the tensors: a verdict must not rest on a number that somebody wrote beside the weights.</summary>
internal static class SidecarMeasurement
{
    private const double Rounding = 1e-9;

    /// <summary>What the sidecar says that the tensors contradict, or null.</summary>
    public static string? Disagreement(Checkpoint candidate, Sidecar sidecar)
    {
        CompressionOutcome outcome = sidecar.Outcome;
        bool even = sidecar.Recipe.Quantize is { Grid: "integer", HasScatteredGroups: false };
        foreach (CompressedLayer layer in outcome.Layers)
        {
            if (OfLayer(candidate, layer, even, sidecar.Recipe.Quantize is { HasScatteredGroups: true }) is string problem)
                return $"{layer.Layer.Name}: {problem}";
        }

        RealizedRate rate = RealizedRate.Of(outcome.Layers, outcome.RemovedWeights);
        return Differs("theoreticalCompressionRate", outcome.TheoreticalCompressionRate, rate.CompressionRate)
            ?? Differs("sparsity", outcome.Sparsity, rate.Sparsity) ?? Differs("bits", outcome.Bits, rate.Bits);
    }

    // Pruned weights are zeros, but a kept weight may have rounded to zero as well: the zeros are the most that can have been pruned.
    private static string? OfLayer(Checkpoint candidate, CompressedLayer layer, bool even, bool scattered)
    {
        TensorInfo tensor = candidate.Require(layer.Layer.WeightTensor);
        double stored = candidate.CodeBitsOf(tensor);
        bool plain = candidate.StoredBytesOf(tensor) == tensor.Length;
        if (!plain && layer.Bits != Math.Min(16, stored))
            return string.Create(CultureInfo.InvariantCulture, $"expected codes of {layer.Bits} bit, found {stored}");

        // A scale of scattered columns cannot be told from the values of a row.
        if (plain && layer.Bits < 16 && !scattered && StoredWeights.LeastBits(candidate, tensor, layer.GroupSize, even) is int least && least > layer.Bits)
            return string.Create(CultureInfo.InvariantCulture, $"expected values of {layer.Bits} bit, found as many as take {least} bit at least");
        long zeros = layer.Sparsity > 0 ? StoredWeights.CountZeros(candidate, tensor) : long.MaxValue;
        return Math.Round(layer.Sparsity * layer.Layer.WeightCount) > zeros
            ? string.Create(CultureInfo.InvariantCulture, $"expected {Math.Round(layer.Sparsity * layer.Layer.WeightCount)} zeros, found {zeros}")
            : null;
    }

    private static string? Differs(string name, double stated, double measured) => Math.Abs(stated - measured) <= Rounding ? null
        : string.Create(CultureInfo.InvariantCulture, $"expected {name} {measured:R} from its own layers, found {stated:R}");
}
