using System.Collections.Immutable;
using Gate.Compression.Recipes;

namespace Gate.Compression.Planning.Search;

/// <summary>The ways to store a unit that the planner considers.</summary>
public static class OptionMenu
{
    private static readonly int[] Bits = [2, 3, 4, 5, 6, 8];
    private static readonly int?[] GroupSizes = [32, 64, 128, null];
    private static readonly (double Sparsity, NmPattern? Pattern)[] Sparsities = [(0.25, null), (0.5, null), (0, new NmPattern(2, 4))];

    /// <summary>Every option the shapes of the unit allow, in a fixed order, the 16-bit layers first.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="withSparsity">Whether zeros are offered: they lower TCr, but no format in use stores them away, so never for budgets in real bytes.</param>
    public static ImmutableArray<StorageOption> For(PlanningUnit unit, bool withSparsity)
    {
        IEnumerable<StorageOption> all = Bits
            .SelectMany(bits => GroupSizes.Select(size => new StorageOption(bits, size, 0, null)))
            .Prepend(StorageOption.Dense);
        if (withSparsity)
            all = all.SelectMany(option => Sparsities.Select(zeros => option with { Sparsity = zeros.Sparsity, Pattern = zeros.Pattern }).Prepend(option));
        return [.. all.Where(option => unit.Layers.All(option.Fits))];
    }

    /// <summary>Whether zeros count towards a budget.</summary>
    public static bool CountsSparsity(Budget budget) => budget.CompressionRate is not null;
}
