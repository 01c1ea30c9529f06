using Gate.Compression.Pruning;
using Gate.Compression.Recipes;
using Gate.Models.Structure;

namespace Gate.Compression.Planning;

/// <summary>How many weights a planned pruning zeroes, from shapes alone.</summary>
internal static class PlannedZeros
{
    /// <summary>
    /// The zeros of one layer: s·n for single weights, unrounded, so that 25 % are 0.25; whole slices for structures. Of slices that several units share the
    /// least, since which units go decides how many: those that go even if the others are spread as far as they can.
    /// </summary>
    public static decimal Of(PlannedLayer planned)
    {
        LinearLayer layer = planned.Layer;
        if (planned.Prune is not { } prune)
            return 0;
        if (prune.Pattern is { } pattern)
            return layer.WeightCount / pattern.Group * pattern.Zeros;
        double sparsity = prune.Sparsity ?? 0;
        if (planned.Units is { } units)
            return LeastOf(units, layer, PruneCounts.Exact(sparsity, units.Count));
        return PruningStructures.Of(prune) switch
        {
            "rows" => PruneCounts.Exact(sparsity, layer.Outputs) * layer.Inputs,
            "columns" => PruneCounts.Exact(sparsity, layer.Inputs) * layer.Outputs,
            _ => layer.WeightCount * (decimal)sparsity,
        };
    }

    // The weights of those sets of units with common slices that are gone as a whole.
    private static long LeastOf(CoupledUnits units, LinearLayer layer, long gone)
    {
        int sharing = units.Slices.First(slices => slices.Layer == layer.Name).Sharing;
        long sets = units.Count / sharing;
        return layer.WeightCount / sets * Math.Max(0, gone - (sets * (sharing - 1)));
    }
}
