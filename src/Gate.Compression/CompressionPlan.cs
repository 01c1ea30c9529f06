using System.Collections.Immutable;
using Gate.Compression.Recipes;
using Gate.Models.Structure;

namespace Gate.Compression;

/// <summary>A recipe resolved against the layers of a checkpoint.</summary>
/// <param name="Recipe">The recipe it came from.</param>
/// <param name="Layers">Each layer that is touched, with what is planned for it, in model order.</param>
/// <param name="TheoreticalCompressionRate">TCr at the requested sparsity.</param>
/// <param name="BitsPerWeight">Predicted real bits per weight of the compressed layers.</param>
/// <param name="PackedBytes">Predicted bytes of the whole candidate in packed form.</param>
/// <param name="Description">The recipe in one line for people.</param>
public sealed record CompressionPlan(
    Recipe Recipe, ImmutableArray<PlannedLayer> Layers, double TheoreticalCompressionRate, double BitsPerWeight, long PackedBytes, string Description)
{
    /// <summary>In which format the candidate is written.</summary>
    public CandidateLayout Layout { get; init; }
}

/// <summary>What is planned for one layer.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Prune">Pruning of this layer, or null.</param>
/// <param name="Quantize">Quantisation of this layer, or null.</param>
public sealed record PlannedLayer(LinearLayer Layer, PruningRecipe? Prune, QuantizationRecipe? Quantize)
{
    /// <summary>The units that pruning takes slices of this layer from, where the recipe's structure lies across layers; null otherwise.</summary>
    public CoupledUnits? Units { get; init; }
}
