namespace Gate.Core.Verdicts.Statistics;

/// <summary>The four cells of right/wrong outcomes of two models on the same items.</summary>
/// <param name="Kept">Right before and now.</param>
/// <param name="Forgotten">Right before, wrong now.</param>
/// <param name="Gained">Wrong before, right now.</param>
/// <param name="NeverKnown">Wrong before and now.</param>
public readonly record struct PairedCounts(int Kept, int Forgotten, int Gained, int NeverKnown)
{
    /// <summary>All items.</summary>
    public int Items => Kept + Forgotten + Gained + NeverKnown;

    /// <summary>Items the dense model answered right.</summary>
    public int Known => Kept + Forgotten;

    /// <summary>Items the candidate answers right.</summary>
    public int CandidateRight => Kept + Gained;

    /// <summary>Items whose outcome changed.</summary>
    public int Flips => Forgotten + Gained;
}
