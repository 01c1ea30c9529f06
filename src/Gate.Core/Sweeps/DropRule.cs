namespace Gate.Core.Sweeps;

/// <summary>A candidate as the rule sees it.</summary>
/// <param name="CompressionRate">TCr.</param>
/// <param name="Bytes">Real bytes.</param>
/// <param name="Lower">Lower bound of its quality; more is better.</param>
/// <param name="Upper">Upper bound of its quality.</param>
public readonly record struct Bounded(double CompressionRate, long Bytes, double Lower, double Upper);

/// <summary>
/// Which candidates a rung drops: only one whose upper bound is below the lower bound of another that is no larger, neither in theory nor in bytes.
/// Whatever is on the frontier of size and quality therefore stays.
/// </summary>
public static class DropRule
{
    /// <summary>For each candidate the index of one that beats it, or null when it stays.</summary>
    public static int?[] Apply(IReadOnlyList<Bounded> candidates)
    {
        int?[] beatenBy = new int?[candidates.Count];
        for (int i = 0; i < candidates.Count; i++)
        {
            for (int j = 0; j < candidates.Count && beatenBy[i] is null; j++)
            {
                bool noLarger = candidates[j].CompressionRate >= candidates[i].CompressionRate && candidates[j].Bytes <= candidates[i].Bytes;
                if (noLarger && candidates[i].Upper < candidates[j].Lower)
                    beatenBy[i] = j;
            }
        }

        return beatenBy;
    }
}
