using System.Collections.Immutable;

namespace Gate.Evaluation.Tasks;

/// <summary>One question answered by one model.</summary>
public sealed record ItemResult
{
    /// <summary>Item id.</summary>
    public required string ItemId { get; init; }

    /// <summary>The deciding score: 0 or 1; between 0 and 1 for graded metrics (<c>f1</c>, <c>mrr</c>); for perplexity the summed negative
    /// log-likelihood in nats, NaN when <see cref="Invalid"/>.</summary>
    public required double Score { get; init; }

    /// <summary>Weight: scored tokens for perplexity, otherwise 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>What the model answered.</summary>
    public required string Answer { get; init; }

    /// <summary>Margin in nats (gold minus best other; for generation the log-probability of the answer), or null.</summary>
    public double? Margin { get; init; }

    /// <summary>All metrics of the item by name, the deciding one among them, and the marks <c>ties</c> (choices that share the best score) and
    /// <c>prompt_truncated</c> (1 when the prompt was cut on the left to fit the model).</summary>
    public ImmutableSortedDictionary<string, double> Metrics { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Not finite or not usable; counts as wrong.</summary>
    public bool Invalid { get; init; }
}
