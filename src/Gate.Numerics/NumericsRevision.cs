namespace Gate.Numerics;

/// <summary>The revision of Gate's arithmetic.</summary>
public static class NumericsRevision
{
    /// <summary>
    /// Raised by every change that moves a bit of a score: the order of a sum, an approximation, a rounding. It is part of every cache key and
    /// of every report, so that results of different revisions never meet.
    /// </summary>
    public const int Current = 1;
}
