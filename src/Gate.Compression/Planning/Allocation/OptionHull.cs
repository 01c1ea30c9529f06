using System.Collections.Immutable;

namespace Gate.Compression.Planning.Allocation;

/// <summary>The options of a unit that can be best for some price of a byte: the lower convex hull of (bytes, damage).</summary>
internal static class OptionHull
{
    /// <summary>Indices of options no other one beats in both bytes and damage, by rising bytes (and so by falling damage).</summary>
    public static ImmutableArray<int> Undominated(AllocationUnit unit)
    {
        ImmutableArray<int>.Builder kept = ImmutableArray.CreateBuilder<int>();
        double leastDamage = double.PositiveInfinity;
        foreach (int option in Enumerable.Range(0, unit.Options.Length)
            .OrderBy(i => unit.Options[i].Bytes).ThenBy(i => unit.Options[i].Damage).ThenBy(i => i))
        {
            if (unit.Options[option].Damage >= leastDamage)
                continue;
            leastDamage = unit.Options[option].Damage;
            kept.Add(option);
        }

        return kept.ToImmutable();
    }

    /// <summary>The corners of the lower convex hull of undominated options, by rising bytes.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="undominated">The result of <see cref="Undominated"/>.</param>
    public static ImmutableArray<int> LowerHull(AllocationUnit unit, ImmutableArray<int> undominated)
    {
        List<int> hull = [];
        foreach (int option in undominated)
        {
            while (hull.Count >= 2 && !TurnsUp(unit.Options[hull[^2]], unit.Options[hull[^1]], unit.Options[option]))
                hull.RemoveAt(hull.Count - 1);
            hull.Add(option);
        }

        return [.. hull];
    }

    /// <summary>Damage saved by each further byte between two options.</summary>
    public static double Slope(AllocationOption smaller, AllocationOption larger) =>
        (smaller.Damage - larger.Damage) / (larger.Bytes - smaller.Bytes);

    private static bool TurnsUp(AllocationOption a, AllocationOption b, AllocationOption c) => Slope(a, b) > Slope(b, c);
}
