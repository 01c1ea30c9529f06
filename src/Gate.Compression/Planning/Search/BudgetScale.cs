using System.Collections.Immutable;
using Gate.Compression.Recipes;
using Gate.Models.Architectures;

namespace Gate.Compression.Planning.Search;

/// <summary>What a budget counts, as whole numbers the solver can add without rounding. Sizes come from <see cref="PackedForm"/> alone.</summary>
/// <param name="budget">The budget.</param>
internal sealed class BudgetScale(Budget budget)
{
    // Shares of kept weights in the menu are quarters.
    private const int Quarters = 4;

    /// <summary>Cost of a unit stored in one way: quarter bits of kept weights, bits, or bytes.</summary>
    public long CostOf(PlanningUnit unit, StorageOption option) => unit.Layers.Sum(layer => CostOf(layer, option));

    /// <summary>The most all units together may cost.</summary>
    /// <param name="units">All units.</param>
    /// <param name="outside">For budgets in bytes: what the file holds besides the units.</param>
    public long Limit(ImmutableArray<PlanningUnit> units, long outside)
    {
        decimal weights = units.Sum(unit => unit.WeightCount);
        if (budget.CompressionRate is { } rate)
            return (long)Math.Floor((1 - (decimal)rate) * 16 * Quarters * weights);
        return budget.BitsPerWeight is { } bits ? (long)Math.Floor((decimal)bits * weights) : budget.Bytes!.Value - outside;
    }

    /// <summary>Whether a measured plan holds the budget.</summary>
    public bool IsMetBy(PlanSize size) =>
        budget.CompressionRate is { } rate ? size.CompressionRate >= (decimal)rate
        : budget.BitsPerWeight is { } bits ? size.BitsPerWeight <= (decimal)bits
        : size.FileBytes <= budget.Bytes!.Value;

    /// <summary>The budget for people.</summary>
    public string Text =>
        budget.CompressionRate is { } rate ? $"TCr of at least {(decimal)rate}"
        : budget.BitsPerWeight is { } bits ? $"at most {(decimal)bits} real bits per weight"
        : $"at most {budget.Bytes} bytes";

    /// <summary>A plan's size in the budget's own terms.</summary>
    public string Describe(PlanSize size) =>
        budget.CompressionRate is not null ? $"TCr {size.CompressionRate:0.######}"
        : budget.BitsPerWeight is not null ? $"{size.BitsPerWeight:0.######} bits per weight"
        : $"{size.FileBytes} bytes";

    private long CostOf(LinearLayer layer, StorageOption option)
    {
        PlannedLayer planned = option.For(layer, PlanningMethods.DataFree);
        if (budget.BitsPerWeight is not null)
            return PackedForm.LayerBits(layer, planned.Quantize);
        if (budget.Bytes is not null)
            return PackedForm.Tensors(layer, planned.Quantize).Sum(tensor => tensor.Bytes);
        decimal kept = option.Pattern is { } pattern ? (decimal)(pattern.Group - pattern.Zeros) / pattern.Group : 1 - (decimal)option.Sparsity;
        return (long)(Quarters * kept * layer.WeightCount * (option.Bits ?? 16));
    }
}
