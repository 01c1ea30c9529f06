using System.Collections.Immutable;
using Gate.Compression.Recipes;
using Gate.Models.Structure;

namespace Gate.Compression.Planning.Search;

/// <summary>What a budget counts, as whole numbers the solver can add without rounding. Sizes come from the candidate's format alone.</summary>
/// <param name="budget">The budget.</param>
/// <param name="methods">How weights are removed and rounded.</param>
/// <param name="sizes">The size function of the candidate's format.</param>
/// <param name="denseBytes">Bytes of all dense tensors at 16 bit.</param>
internal sealed class BudgetScale(Budget budget, PlanningMethods methods, ICandidateSize sizes, long denseBytes)
{
    // Shares of kept weights in the menu are quarters.
    private const int Quarters = 4;

    /// <summary>Most bytes of the file, or null when the budget counts something else.</summary>
    public long? MostBytes { get; } = budget.MostBytes(denseBytes);

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
        return budget.BitsPerWeight is { } bits ? (long)Math.Floor((decimal)bits * weights) : MostBytes!.Value - outside;
    }

    /// <summary>Whether a measured plan holds the budget.</summary>
    public bool IsMetBy(PlanSize size) =>
        budget.CompressionRate is { } rate ? size.CompressionRate >= (decimal)rate
        : budget.BitsPerWeight is { } bits ? size.BitsPerWeight <= (decimal)bits
        : size.FileBytes <= MostBytes!.Value;

    /// <summary>The budget for people.</summary>
    public string Text =>
        budget.CompressionRate is { } rate ? $"TCr of at least {(decimal)rate}"
        : budget.BitsPerWeight is { } bits ? $"at most {(decimal)bits} real bits per weight"
        : budget.Ratio is { } ratio ? $"at most {(decimal)ratio} of the dense model's bytes ({MostBytes} of {denseBytes})"
        : $"at most {budget.Bytes} bytes";

    /// <summary>A plan's size in the budget's own terms.</summary>
    public string Describe(PlanSize size) =>
        budget.CompressionRate is not null ? $"TCr {size.CompressionRate:0.######}"
        : budget.BitsPerWeight is not null ? $"{size.BitsPerWeight:0.######} bits per weight"
        : budget.Ratio is not null ? $"a ratio of {Math.Ceiling(size.Ratio * 10000) / 10000} ({size.FileBytes} bytes)"
        : $"{size.FileBytes} bytes";

    private long CostOf(LinearLayer layer, StorageOption option)
    {
        PlannedLayer planned = option.For(layer, methods);
        if (budget.BitsPerWeight is not null)
            return sizes.LayerBits(planned);
        if (MostBytes is not null)
            return sizes.LayerBytes(planned);
        decimal kept = option.Pattern is { } pattern ? (decimal)(pattern.Group - pattern.Zeros) / pattern.Group : 1 - (decimal)option.Sparsity;
        return (long)(Quarters * kept * layer.WeightCount * (option.Bits ?? 16));
    }
}
