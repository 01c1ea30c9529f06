using Gate.Results;

namespace Gate.Reporting.Text;

/// <summary>What one-bit masks of the zeros would do to the size: the same words in every report.</summary>
internal static class Masks
{
    /// <summary>Packed bytes, were the zeros stored as masks; null when nothing is pruned.</summary>
    public static long? PackedBytes(SizeInfo size) => size.CandidatePackedBytes + size.BitmaskBytes - size.BitmaskSavedBytes;

    /// <summary>What masks would cost and save; null when nothing is pruned.</summary>
    public static string? Note(SizeInfo size) => size is { BitmaskBytes: { } cost, BitmaskSavedBytes: { } saved }
        ? $"Zeros are stored like other weights. One-bit masks would cost {Figures.Bytes(cost)} and save {Figures.Bytes(saved)}; Gate writes none, because "
            + "current runtimes do not read them."
        : null;
}
