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

    /// <summary>The mean over clusters of the mean score within each (LAMA's headline: the mean over relations); NaN without items. An item
    /// without cluster is one of its own.</summary>
    /// <param name="results">Results by item, in the order of <paramref name="items"/>.</param>
    /// <param name="items">The items.</param>
    public static double MacroMean(IReadOnlyList<ItemResult> results, IReadOnlyList<TaskItem> items) =>
        results.Zip(items)
            .GroupBy(pair => pair.Second.Cluster is null ? "item " + pair.Second.Id : "cluster " + pair.Second.Cluster, pair => pair.First, StringComparer.Ordinal)
            .Select(cluster => Mean([.. cluster]))
            .DefaultIfEmpty(double.NaN)
            .Average();

    /// <summary>Perplexity: exp of summed negative log-likelihood over scored tokens; NaN when any window is invalid or nothing was scored.</summary>
    public static double Perplexity(IReadOnlyCollection<ItemResult> results) =>
        results.Any(result => result.Invalid) ? double.NaN : Math.Exp(results.Sum(result => result.Score) / results.Sum(result => result.Weight));
}
