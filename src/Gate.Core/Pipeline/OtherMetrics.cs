using System.Collections.Immutable;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>The metrics of a task that do not decide.</summary>
internal static class OtherMetrics
{
    /// <summary>Mean of each metric that both models have, over the items that have it; ordered by name.</summary>
    public static ImmutableArray<MetricPair> Of(IReadOnlyCollection<ItemRecord> records)
    {
        IEnumerable<string> names = records.SelectMany(record => record.Dense.Metrics.Keys)
            .Intersect(records.SelectMany(record => record.Candidate.Metrics.Keys), StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return [.. names.Select(name => new MetricPair(name, Mean(records, name, record => record.Dense), Mean(records, name, record => record.Candidate)))];
    }

    private static double Mean(IReadOnlyCollection<ItemRecord> records, string name, Func<ItemRecord, ItemOutcome> model)
    {
        double sum = 0;
        int count = 0;
        foreach (ItemOutcome outcome in records.Select(model))
        {
            if (!outcome.Metrics.TryGetValue(name, out double value))
                continue;
            sum += value;
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
