using System.Collections.Immutable;

namespace Gate.Core.Sweeps;

/// <summary>The recipes that reached the questions, were not dropped there and that no other beats in size and retention both, by rising size reduction. Bounds are not looked at: neighbours on a frontier
/// may be equal within theirs.</summary>
/// <param name="CompressionRate">Names by TCr.</param>
/// <param name="Bytes">Names by real bytes.</param>
public sealed record SweepFrontier(ImmutableArray<string> CompressionRate, ImmutableArray<string> Bytes)
{
    /// <summary>The frontiers of candidates.</summary>
    /// <param name="candidates">Candidates; those without retention are left out.</param>
    public static SweepFrontier Of(IReadOnlyCollection<SweepResult> candidates) =>
        new(Along(candidates, candidate => candidate.CompressionRate), Along(candidates, candidate => -candidate.Bytes));

    private static ImmutableArray<string> Along(IReadOnlyCollection<SweepResult> candidates, Func<SweepResult, double> smallness)
    {
        SweepResult[] scored = [.. candidates.Where(candidate => candidate is { Retention: not null, DroppedAt: null })];
        return [.. scored.Where(one => !scored.Any(other => Beats(other, one))).OrderBy(smallness).Select(candidate => candidate.Name)];

        bool Beats(SweepResult other, SweepResult one) =>
            smallness(other) >= smallness(one) && other.Retention!.Value >= one.Retention!.Value
            && (smallness(other) > smallness(one) || other.Retention.Value > one.Retention.Value);
    }
}
