using System.Collections.Immutable;
using Gate.Core.Verdicts;

namespace Gate.Core.Tests.Verdicts;

/// <summary>Builds tasks from counts and seeded random outcomes.</summary>
internal static class Pairs
{
    public static PairedItem Item(string id, double dense, double candidate, double chance = 0, string? cluster = null, string? group = null) =>
        new(id, cluster, group, chance, dense, candidate, 1, false, false);

    /// <summary>A right/wrong task with the four cells given.</summary>
    public static PairedTask Task(
        int kept, int forgotten, int gained, int neverKnown, double chance = 0, string name = "facts", Func<int, string?>? cluster = null)
    {
        List<PairedItem> items = [];
        void Add(int count, double dense, double candidate)
        {
            for (int i = 0; i < count; i++)
                items.Add(Item($"q{items.Count:D5}", dense, candidate, chance, cluster?.Invoke(items.Count)));
        }

        Add(kept, 1, 1);
        Add(forgotten, 1, 0);
        Add(gained, 0, 1);
        Add(neverKnown, 0, 0);
        return new PairedTask(name, false, 1, [.. items]);
    }

    /// <summary>A perplexity task of windows with a given ratio of likelihoods.</summary>
    public static PairedTask Perplexity(int windows, double logRatioPerToken, int seed = 1, string name = "text", double noise = 0.02)
    {
        var random = new Random(seed);
        var items = ImmutableArray.CreateBuilder<PairedItem>();
        for (int i = 0; i < windows; i++)
        {
            double tokens = 128;
            double dense = tokens * (2.5 + (0.3 * random.NextDouble()));
            double candidate = dense + (tokens * (logRatioPerToken + (noise * ((2 * random.NextDouble()) - 1))));
            items.Add(new PairedItem($"w{i:D4}", null, null, 0, dense, candidate, tokens, false, false));
        }

        return new PairedTask(name, true, 1, items.ToImmutable());
    }

    public static Threshold Limit(string metric, double limit, string? task = null) =>
        new(task is null ? $"thresholds.{metric}" : $"thresholds.tasks.{task}.{metric}", metric, task, limit, null);
}
