namespace Gate.Core.Verdicts.Rules;

/// <summary>The metrics a threshold can name.</summary>
public static class RuleMetrics
{
    /// <summary>Sr for the suite, chance-corrected retention for a task; at least.</summary>
    public const string Retention = "retention";

    /// <summary>SrCr of the suite; at least.</summary>
    public const string SrCr = "srcr";

    /// <summary>Share of what the dense model knew that the candidate does not; at most.</summary>
    public const string MaxForgotten = "maxForgotten";

    /// <summary>Candidate over dense perplexity; at most.</summary>
    public const string PerplexityRatio = "perplexityRatio";

    /// <summary>Metrics for the whole suite.</summary>
    public static IReadOnlyList<string> ForSuite { get; } = [Retention, SrCr, MaxForgotten, PerplexityRatio];

    /// <summary>Metrics for one task.</summary>
    public static IReadOnlyList<string> ForTask { get; } = [Retention, MaxForgotten, PerplexityRatio];

    /// <summary>Whether the value must be at least (true) or at most (false) the limit.</summary>
    public static bool IsAtLeast(string metric) => metric is Retention or SrCr;
}
