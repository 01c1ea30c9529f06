using System.Collections.Immutable;
using Gate.Compression.Export.Formats;
using Gate.Models;

namespace Gate.Compression.Planning.Search;

/// <summary>Options that may stand beside each other in one file: any for most formats, those of one grid for formats that state bits and groups once.</summary>
/// <param name="Menus">The options of each unit.</param>
internal sealed record OptionFamily(ImmutableArray<ImmutableArray<StorageOption>> Menus)
{
    /// <summary>The families of a model in a format.</summary>
    /// <param name="units">All units.</param>
    /// <param name="methods">How weights are removed and rounded.</param>
    /// <param name="layout">The format.</param>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="withSparsity">Whether zeros are offered.</param>
    public static ImmutableArray<OptionFamily> Of(
        ImmutableArray<PlanningUnit> units, PlanningMethods methods, CandidateLayout layout, Model dense, bool withSparsity)
    {
        var format = LayerFormat.Of(layout, dense);
        ImmutableArray<ImmutableArray<StorageOption>> all =
        [
            .. units.Select(unit => OptionMenu.For(unit, withSparsity)
                .Where(option => format is null || unit.Layers.All(layer => format.AnyObjection(option.For(layer, methods)) is null)).ToImmutableArray()),
        ];
        if (format is null or { HasOneGrid: false })
            return [new OptionFamily(all)];
        return
        [
            .. all.SelectMany(menu => menu).Where(option => option.Bits is not null).Select(option => (option.Bits, option.GroupSize)).Distinct()
                .Select(grid => new OptionFamily([.. all.Select(menu => menu.Where(option => option.Bits is null || (option.Bits, option.GroupSize) == grid).ToImmutableArray())])),
        ];
    }
}
