using Gate.Compression;
using Gate.Compression.Planning;
using Gate.Compression.Recipes;

namespace Gate.Core.Sweeps;

/// <summary>One recipe of a sweep, from shapes alone.</summary>
/// <param name="Name">For people: <c>25 % magnitude + 4 bit rtn, ffn</c>.</param>
/// <param name="Scope">Layers by role.</param>
/// <param name="Sparsity">Share of zeros in those layers.</param>
/// <param name="Bits">Bits per kept weight in those layers, 16 when not quantised; their mean where layers differ.</param>
/// <param name="Methods">Method names, for like to be compared with like.</param>
/// <param name="Plan">The plan; sizes count every linear layer of the blocks, untouched ones at 16 bit, so that scopes can be compared.</param>
public sealed record SweepCell(string Name, ScopeKind Scope, double Sparsity, double Bits, string Methods, CompressionPlan Plan)
{
    /// <summary>What the planner says of the recipe; null for a cell of the grid.</summary>
    public string? Planned { get; init; }

    /// <summary>Whether a method looks at the inputs of layers.</summary>
    public bool IsCalibrated => Plan.Recipe.Calibration is not null;

    /// <summary>Real bits per weight if zeros were stored away behind a mask of one bit in those layers where that pays; no format in use does.</summary>
    public double MaskedBits { get; } = Plan.BitsPerWeight + (8.0 * BitmaskSize.LeastChange(Plan) / Plan.Layers.Sum(planned => planned.Layer.WeightCount));
}
