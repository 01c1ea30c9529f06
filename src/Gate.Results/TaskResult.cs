using System.Collections.Immutable;

namespace Gate.Results;

/// <summary>One task, dense against candidate on the same items.</summary>
public sealed record TaskResult
{
    /// <summary>Task name as configured, for example <c>factoid-qa</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Title for people.</summary>
    public required string Title { get; init; }

    /// <summary>Kind: <c>cloze</c>, <c>closed-book-qa</c>, <c>multiple-choice</c>, <c>in-context-qa</c>, <c>perplexity</c>, …</summary>
    public required string Kind { get; init; }

    /// <summary>Protocol id and version, for example <c>gate/factoid-qa@1</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The metric that decides, for example <c>exact_match</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Whether larger values of the metric are better.</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>Items scored by both models.</summary>
    public required int Items { get; init; }

    /// <summary>Clusters of items (relations, passages); equals <see cref="Items"/> without clusters.</summary>
    public required int Clusters { get; init; }

    /// <summary>Mean score of the dense model (perplexity for perplexity tasks); null when no item could be used.</summary>
    public required double? DenseScore { get; init; }

    /// <summary>Mean score of the candidate; null when no item could be used.</summary>
    public required double? CandidateScore { get; init; }

    /// <summary>Mean chance level of the items.</summary>
    public required double Chance { get; init; }

    /// <summary>Whether the dense score is clearly above chance; when false the task says nothing about forgetting and stays out of Sr.</summary>
    public required bool Gateable { get; init; }

    /// <summary>Why the task is not gateable, or null.</summary>
    public string? NotGateableReason { get; init; }

    /// <summary>Candidate over dense, uncorrected; null for a task that is not gateable, whose ratio means nothing.</summary>
    public required Estimate? Retention { get; init; }

    /// <summary>(candidate − chance) / (dense − chance), not below 0; equals dense/candidate for perplexity; null where <see cref="Retention"/> is.</summary>
    public required Estimate? CorrectedRetention { get; init; }

    /// <summary>Other metrics of the task by name: dense and candidate mean.</summary>
    public ImmutableArray<MetricPair> OtherMetrics { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Right → right, right → wrong (forgotten), wrong → right (gained), wrong → wrong; null for graded tasks.</summary>
    public FlipTable? Flips { get; init; }

    /// <summary>Items whose score was not finite or not usable, per model.</summary>
    public required int DenseInvalid { get; init; }

    /// <summary>Items whose score was not finite or not usable, per model.</summary>
    public required int CandidateInvalid { get; init; }

    /// <summary>The same numbers by group (relation, category), largest loss first; empty without groups.</summary>
    public ImmutableArray<GroupResult> Groups { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How the questions were asked: the template with placeholders, and hashes.</summary>
    public required PromptInfo Prompt { get; init; }
}
