namespace Gate.Results;

/// <summary>One compressed layer.</summary>
public sealed record LayerInfo
{
    /// <summary>Module name.</summary>
    public required string Name { get; init; }

    /// <summary>Role in words, for example <c>attention query</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Number of weights.</summary>
    public required long Weights { get; init; }

    /// <summary>Bits per kept weight (16 when not quantised).</summary>
    public required double Bits { get; init; }

    /// <summary>Group size of the quantisation along the inputs; 0 when per channel or not quantised.</summary>
    public required int GroupSize { get; init; }

    /// <summary>Realised share of zero weights.</summary>
    public required double Sparsity { get; init; }

    /// <summary>Relative squared error of the weights, ‖W − Ŵ‖² / ‖W‖².</summary>
    public required double WeightError { get; init; }

    /// <summary>Relative squared error of the layer's output on calibration inputs; null without calibration.</summary>
    public double? OutputError { get; init; }

    /// <summary>What had to be done instead of the recipe, or null.</summary>
    public string? Fallback { get; init; }
}
