using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Gate.Results;

/// <summary>One model's outcome on one item.</summary>
public sealed record ItemOutcome
{
    /// <summary>The deciding score: 0 or 1 for right/wrong tasks, otherwise the graded value (for perplexity: summed negative log-likelihood).</summary>
    public required double Score { get; init; }

    /// <summary>Weight of the item (scored tokens for perplexity, otherwise 1).</summary>
    [JsonRequired]
    public double Weight { get; init; } = 1;

    /// <summary>What the model answered.</summary>
    public required string Answer { get; init; }

    /// <summary>Margin in nats, or null.</summary>
    public double? Margin { get; init; }

    /// <summary>Other metrics by name.</summary>
    public ImmutableSortedDictionary<string, double> Metrics { get; init => field = value ?? ImmutableSortedDictionary<string, double>.Empty; } =
        ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Whether the outcome could not be used (not finite, unparsable); it then counts as wrong.</summary>
    public bool Invalid { get; init; }
}
