using System.Collections.Immutable;

namespace Gate.Compression.Planning.Allocation;

/// <summary>One way to store a unit.</summary>
/// <param name="Name">For people, for example <c>25 % + 4 bit, group 64</c>.</param>
/// <param name="Bytes">Exact bytes of the unit so stored, by the exporter's own size function.</param>
/// <param name="Damage">Predicted harm, additive over units, not negative.</param>
public sealed record AllocationOption(string Name, long Bytes, double Damage);

/// <summary>Layers that must share a choice, with the ways to store them.</summary>
/// <param name="Name">For people and for ties: units are taken in the order given.</param>
/// <param name="Options">At least one.</param>
public sealed record AllocationUnit(string Name, ImmutableArray<AllocationOption> Options);

/// <summary>One option for every unit.</summary>
/// <param name="Choices">Index of the chosen option of each unit.</param>
/// <param name="Bytes">Their bytes together, at most the budget.</param>
/// <param name="Damage">Their damage together.</param>
/// <param name="LowerBound">No allocation within the budget can have less damage than this (Lagrangian dual bound, or the optimum itself).</param>
public sealed record Allocation(ImmutableArray<int> Choices, long Bytes, double Damage, double LowerBound)
{
    /// <summary>How far the damage can be from the best possible, as a share of the damage: 0 is proven optimal.</summary>
    public double Gap => Damage <= 0 ? 0 : Math.Max(0, (Damage - LowerBound) / Damage);
}
