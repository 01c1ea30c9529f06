using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.Metrics;

/// <summary>What the results of a task come to.</summary>
public static class SummaryMetrics
{
    /// <summary>Mean score over items; NaN without items. Invalid items count as wrong.</summary>
    public static double Mean(IReadOnlyCollection<ItemResult> results) =>
        results.Count == 0 ? double.NaN : results.Sum(result => result.Invalid ? 0 : result.Score) / results.Count;

    /// <summary>Mean over items of one of the metrics a kind keeps besides the deciding one; an item without it counts 0, NaN without items.</summary>
    public static double Mean(IReadOnlyCollection<ItemResult> results, string metric) =>
        results.Count == 0 ? double.NaN : results.Sum(result => result.Metrics.GetValueOrDefault(metric)) / results.Count;

    /// <summary>Perplexity: exp of summed negative log-likelihood over scored tokens; NaN when any window is invalid or nothing was scored.</summary>
    public static double Perplexity(IReadOnlyCollection<ItemResult> results) =>
        results.Any(result => result.Invalid) ? double.NaN : Math.Exp(results.Sum(result => result.Score) / results.Sum(result => result.Weight));
}
