using System.Collections.Immutable;
using Gate.Results;

namespace Gate.Core.Verdicts;

/// <summary>All that the verdict engine found out.</summary>
/// <param name="Tasks">Statistics of each task, in the order given.</param>
/// <param name="Suite">The suite.</param>
/// <param name="Verdict">The verdict with every threshold exactly once.</param>
/// <param name="Notes">Warnings about single tasks (below chance, not gateable, invalid outcomes).</param>
public sealed record Judgement(ImmutableArray<TaskStatistics> Tasks, SuiteResult Suite, Verdict Verdict, ImmutableArray<RunNote> Notes);

/// <summary>The numbers of one task; the same names as in <see cref="TaskResult"/>.</summary>
public sealed record TaskStatistics
{
    /// <summary>Task name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether larger values of the metric are better (not for perplexity).</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>Paired items.</summary>
    public required int Items { get; init; }

    /// <summary>Clusters of items.</summary>
    public required int Clusters { get; init; }

    /// <summary>Mean dense score, or dense perplexity; invalid outcomes count as 0. Null when no item could be used.</summary>
    public required double? DenseScore { get; init; }

    /// <summary>Mean candidate score, or candidate perplexity.</summary>
    public required double? CandidateScore { get; init; }

    /// <summary>Mean chance level.</summary>
    public required double Chance { get; init; }

    /// <summary>Whether the task can say anything about forgetting.</summary>
    public required bool Gateable { get; init; }

    /// <summary>Why not, or null.</summary>
    public required string? NotGateableReason { get; init; }

    /// <summary>Candidate over dense; null for a task that is not gateable: a ratio to a score that is not clearly above chance means nothing.</summary>
    public required Estimate? Retention { get; init; }

    /// <summary>Chance-corrected retention, floored at 0; dense over candidate for perplexity. Null where <see cref="Retention"/> is.</summary>
    public required Estimate? CorrectedRetention { get; init; }

    /// <summary>Paired outcomes, or null for graded scores and perplexity.</summary>
    public required FlipTable? Flips { get; init; }

    /// <summary>Outcomes of the dense model that could not be used.</summary>
    public required int DenseInvalid { get; init; }

    /// <summary>Outcomes of the candidate that could not be used.</summary>
    public required int CandidateInvalid { get; init; }

    /// <summary>The same by group, largest loss first.</summary>
    public required ImmutableArray<GroupResult> Groups { get; init; }
}
