using System.Collections.Immutable;
using Gate.Models.Blueprints;
using Gate.Models.Structure;

namespace Gate.Compression.Planning.Search;

/// <summary>Layers that read the same input and share a choice, as a runtime that fuses them needs: query, key and value; gate and up.</summary>
/// <param name="Name">Input group of the layers.</param>
/// <param name="Block">Index of their transformer block.</param>
/// <param name="Layers">The layers, in model order.</param>
public sealed record PlanningUnit(string Name, int Block, ImmutableArray<LinearLayer> Layers)
{
    /// <summary>Weights of all layers.</summary>
    public long WeightCount => Layers.Sum(layer => layer.WeightCount);

    /// <summary>The units of a model in the order of the forward pass; the final dense layer is not planned.</summary>
    /// <param name="layers">All linear layers.</param>
    public static ImmutableArray<PlanningUnit> Of(IReadOnlyList<LinearLayer> layers) =>
    [
        .. layers.Where(layer => layer.Role != LinearRole.FinalDense)
            .GroupBy(layer => layer.InputGroup, StringComparer.Ordinal)
            .Select(group => new PlanningUnit(group.Key, group.First().Block, [.. group])),
    ];
}
