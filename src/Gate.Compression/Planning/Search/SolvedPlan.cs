using System.Collections.Immutable;

namespace Gate.Compression.Planning.Search;

/// <summary>A plan with what the solver predicted for it.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Choices">What was chosen for every unit, in model order.</param>
/// <param name="Damage">Predicted harm, summed over units.</param>
/// <param name="Gap">How far the harm can be from the least possible, as a share of it; 0 is proven best.</param>
public sealed record SolvedPlan(CompressionPlan Plan, ImmutableArray<UnitChoice> Choices, double Damage, double Gap);

/// <summary>What was chosen for one unit.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Option">The option's name.</param>
/// <param name="Damage">Its predicted harm.</param>
public sealed record UnitChoice(string Unit, string Option, double Damage);
