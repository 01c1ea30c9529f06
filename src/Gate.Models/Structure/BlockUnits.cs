using System.Collections.Immutable;
using Gate.Models.Blueprints;

namespace Gate.Models.Structure;

/// <summary>Finds the heads and neurons of a blueprint.</summary>
internal static class BlockUnits
{
    /// <summary>The units, block by block; those of a block that stands several times are listed once.</summary>
    public static ImmutableArray<CoupledUnits> Of(Blueprint blueprint) =>
    [
        .. BlueprintWalk.Steps(blueprint)
            .SelectMany(placed => placed.Step.Branches.SelectMany(branch => OfModule(branch.Module, placed.Block)))
            .DistinctBy(units => (units.Kind, units.Slices[0].Layer)),
    ];

    private static IEnumerable<CoupledUnits> OfModule(Module module, int block)
    {
        switch (module)
        {
            case Attention attention:
                int size = attention.HeadSize, sharing = attention.Heads / attention.KeyValueHeads;
                yield return new(CoupledUnitKind.AttentionHead, block, attention.Heads,
                [
                    Rows(attention.Query, size, 1), Rows(attention.Key, size, sharing), Rows(attention.Value, size, sharing),
                    new(attention.Output.Matrix.Module, SliceDimension.Columns, size),
                ]);
                break;
            case FeedForward feedForward:
                yield return new(CoupledUnitKind.Neuron, block, feedForward.Up.Outputs,
                [
                    .. new[] { feedForward.Gate, feedForward.Up }.OfType<Linear>().Select(linear => Rows(linear, 1, 1)),
                    new(feedForward.Down.Matrix.Module, SliceDimension.Columns, 1),
                ]);
                break;
            case Experts experts:
                foreach (CoupledUnits units in experts.Each.Append(experts.Shared).OfType<FeedForward>().SelectMany(expert => OfModule(expert, block)))
                    yield return units;
                break;
        }
    }

    private static UnitSlices Rows(Linear linear, int width, int sharing) =>
        new(linear.Matrix.Module, SliceDimension.Rows, width, sharing) { Rows = linear.Rows };
}
