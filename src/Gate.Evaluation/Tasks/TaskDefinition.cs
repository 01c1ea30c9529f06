using System.Collections.Immutable;

namespace Gate.Evaluation.Tasks;

/// <summary>The kinds of task Gate can ask. One file per kind under <c>Tasks/</c>.</summary>
public enum TaskKind
{
    /// <summary>Next-token cloze over a candidate vocabulary and free: P@1, P@5, MRR (LAMA).</summary>
    Cloze,

    /// <summary>Closed-book question answering: greedy answer, exact match after normalisation.</summary>
    ClosedBookQa,

    /// <summary>Multiple choice by log-likelihood, raw and length-normalised.</summary>
    MultipleChoice,

    /// <summary>Question answering with the evidence in the context: greedy answer, exact match after normalisation.</summary>
    InContextQa,

    /// <summary>Perplexity of held-out text in fixed windows.</summary>
    Perplexity,
}

/// <summary>A task as its declarative file says; built-in and user-written ones are the same thing.</summary>
public sealed record TaskDefinition
{
    /// <summary>Name used in configuration and reports, for example <c>factoid-qa</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Title for people.</summary>
    public required string Title { get; init; }

    /// <summary>Kind.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>Protocol id and version.</summary>
    public required string Protocol { get; init; }

    /// <summary>Absolute path of the data file.</summary>
    public required string DataPath { get; init; }

    /// <summary>Prompt template with <c>{field}</c> placeholders.</summary>
    public required string Prompt { get; init; }

    /// <summary>Metric that decides, for example <c>exact_match</c>, <c>acc</c>, <c>acc_norm</c>, <c>p_at_1</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Everything else a kind needs (field names, normaliser, stops, window, …); unknown keys were refused when the file was read.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>SHA-256 over template, metric, protocol and options: everything of the task that decides a score, but the data.</summary>
    public required string DefinitionHash { get; init; }
}

/// <summary>One question.</summary>
public sealed record TaskItem
{
    /// <summary>Stable id, unique in the task.</summary>
    public required string Id { get; init; }

    /// <summary>Cluster (relation, passage) for the statistics, or null.</summary>
    public string? Cluster { get; init; }

    /// <summary>Group for the report, or null.</summary>
    public string? Group { get; init; }

    /// <summary>The prompt as asked.</summary>
    public required string Prompt { get; init; }

    /// <summary>Accepted answers; the first is shown. Empty for perplexity.</summary>
    public required ImmutableArray<string> Answers { get; init; }

    /// <summary>Choices of multiple choice, candidate vocabulary of a cloze; empty otherwise.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Index of the right choice; −1 without choices.</summary>
    public int AnswerIndex { get; init; } = -1;

    /// <summary>Chance level of the item, for example 1/4.</summary>
    public required double Chance { get; init; }

    /// <summary>SHA-256 over all that decides the item's score besides the task definition: the cache key's part.</summary>
    public required string Hash { get; init; }
}

/// <summary>One question answered by one model.</summary>
public sealed record ItemResult
{
    /// <summary>Item id.</summary>
    public required string ItemId { get; init; }

    /// <summary>The deciding score: 0 or 1, or for perplexity the summed negative log-likelihood in nats.</summary>
    public required double Score { get; init; }

    /// <summary>Weight: scored tokens for perplexity, otherwise 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>What the model answered.</summary>
    public required string Answer { get; init; }

    /// <summary>Margin in nats (gold minus best other; for generation the log-probability of the answer), or null.</summary>
    public double? Margin { get; init; }

    /// <summary>Other metrics of the item.</summary>
    public ImmutableSortedDictionary<string, double> Metrics { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Not finite or not usable; counts as wrong.</summary>
    public bool Invalid { get; init; }
}
