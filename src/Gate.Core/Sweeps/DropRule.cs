namespace Gate.Core.Sweeps;

/// <summary>How large a candidate is.</summary>
/// <param name="CompressionRate">TCr.</param>
/// <param name="Bytes">Real bytes.</param>
public readonly record struct CandidateSize(double CompressionRate, long Bytes)
{
    /// <summary>Whether this candidate is no larger than another, neither in theory nor in bytes.</summary>
    public bool IsNoLargerThan(CandidateSize other) => CompressionRate >= other.CompressionRate && Bytes <= other.Bytes;
}

/// <summary>
/// Which candidates a rung drops: only one that another, no larger in theory or in bytes, is shown to be better than.
/// Whatever is on the frontier of size and quality therefore stays.
/// </summary>
public static class DropRule
{
    /// <summary>For each candidate the index of one that beats it, or null when it stays.</summary>
    /// <param name="sizes">The candidates' sizes.</param>
    /// <param name="isBetter">Whether the first candidate is shown to be better than the second.</param>
    public static int?[] Apply(IReadOnlyList<CandidateSize> sizes, Func<int, int, bool> isBetter)
    {
        int?[] beatenBy = new int?[sizes.Count];
        for (int i = 0; i < sizes.Count; i++)
        {
            for (int j = 0; j < sizes.Count && beatenBy[i] is null; j++)
            {
                if (j != i && sizes[j].IsNoLargerThan(sizes[i]) && isBetter(j, i))
                    beatenBy[i] = j;
            }
        }

        return beatenBy;
    }
}
