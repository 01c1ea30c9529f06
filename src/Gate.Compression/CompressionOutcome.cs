using System.Collections.Immutable;
using Gate.Models.Structure;

namespace Gate.Compression;

/// <summary>What compression did; also written beside the candidate as its sidecar.</summary>
public sealed record CompressionOutcome
{
    /// <summary>The recipe in one line for people.</summary>
    public required string RecipeText { get; init; }

    /// <summary>Every compressed layer, in model order.</summary>
    public required ImmutableArray<CompressedLayer> Layers { get; init; }

    /// <summary>TCr with realised sparsity.</summary>
    public required double TheoreticalCompressionRate { get; init; }

    /// <summary>Realised share of zeros over the compressed layers.</summary>
    public required double Sparsity { get; init; }

    /// <summary>Mean bits per kept weight over the compressed layers.</summary>
    public required double Bits { get; init; }

    /// <summary>Real bits per weight of the compressed layers in packed form.</summary>
    public required double BitsPerWeight { get; init; }

    /// <summary>Bytes of the whole candidate in packed form.</summary>
    public required long PackedBytes { get; init; }

    /// <summary>Bytes of all dense tensors at 16 bit.</summary>
    public required long DenseBytes16 { get; init; }

    /// <summary>Hash of the dense weights the candidate was made from.</summary>
    public required string DenseWeightsHash { get; init; }

    /// <summary>Hash of the weights written.</summary>
    public required string CandidateWeightsHash { get; init; }

    /// <summary>Weights of the dense model's linear layers that the candidate has no layers for: those of removed blocks and experts.</summary>
    public long RemovedWeights { get; init; }

    /// <summary>Indices of the dense model's blocks that were removed.</summary>
    public ImmutableArray<int> RemovedBlocks { get; init; } = [];

    /// <summary>Indices of the experts that were removed, by the dense model's block.</summary>
    public ImmutableSortedDictionary<int, ImmutableArray<int>> RemovedExperts { get; init; } = ImmutableSortedDictionary<int, ImmutableArray<int>>.Empty;

    /// <summary>What may have made the candidate worse than it need be.</summary>
    public IReadOnlyList<CompressionWarning> Warnings { get; init; } = [];
}

/// <summary>One compressed layer.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Bits">Bits per kept weight, 16 when not quantised.</param>
/// <param name="GroupSize">Group size, 0 per channel or not quantised.</param>
/// <param name="Sparsity">Realised share of zeros.</param>
/// <param name="WeightError">‖W − Ŵ‖² / ‖W‖².</param>
/// <param name="OutputError">Relative squared output error on calibration inputs, or null.</param>
/// <param name="Fallback">What was done instead of the recipe, or null.</param>
public sealed record CompressedLayer(
    LinearLayer Layer, double Bits, int GroupSize, double Sparsity, double WeightError, double? OutputError, string? Fallback);
