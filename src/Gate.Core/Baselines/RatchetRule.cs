using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Verdicts;
using Gate.Results;

namespace Gate.Core.Baselines;

/// <summary>The rule that a candidate is not worse than the last accepted one: paired non-inferiority on the same questions.</summary>
internal static class RatchetRule
{
    /// <summary>The rule's key in the verdict.</summary>
    public const string Key = "baseline.retention";

    private const string Update = "Run 'gate baseline update' after a run whose other rules hold, and review the file.";

    /// <summary>Key of the rule about the first accepted candidate.</summary>
    public const string TotalKey = "baseline.total";

    /// <summary>The comparison with the last accepted candidate, or what is missing for it; and the one with the first of the chain, where that was another on the same questions: many small losses,
    /// each within the margin, must not add up.</summary>
    /// <param name="options">Where the baseline is, and the margins.</param>
    /// <param name="baseline">The baseline, or null when there is none yet.</param>
    /// <param name="tasks">The run's tasks: name, definition hash, data hash, weight in Sr, and its records.</param>
    /// <param name="tokenizer">Hash of the run's tokenizer.</param>
    public static ImmutableArray<RatchetComparison> Compare(
        BaselineOptions options, Baseline? baseline, IReadOnlyList<RatchetTask> tasks, string tokenizer)
    {
        const string last = "retention of what the accepted candidate knew";
        Threshold threshold = new(Key, "retention", null, 1 - options.Margin, options.Location);
        if (baseline is null)
            return [new RatchetComparison(threshold, last, [], $"there is no baseline at {options.Path.Portable} yet", Update)];
        RatchetTask[] comparable = [.. tasks.Where(task => task.IsRightOrWrong)];
        string? difference =
            baseline.Tokenizer != tokenizer ? "it was taken with another tokenizer"
            : baseline.Tasks.FirstOrDefault(old => old.Right is not null && comparable.All(task => task.Name != old.Name)) is { } gone ? $"task '{gone.Name}' is not asked any more"
            : comparable.FirstOrDefault(task => Find(baseline, task) is null) is { } other ? $"task '{other.Name}' asks other questions, or asks them otherwise"
            : comparable.Length == 0 ? "no task of the suite has answers that are right or wrong"
            : null;
        if (difference is not null)
            return [new RatchetComparison(threshold, last, [], $"the baseline {options.Path.Portable} does not belong to this run: {difference}", Update)];
        var comparison = new RatchetComparison(threshold, last, [.. comparable.Select(task => Pair(task, Find(baseline, task)!.Right!))], null, null);
        RatchetTask[] since = [.. comparable.Where(task => Find(baseline, task)!.First is not null)];
        return since.Length == 0 ? [comparison]
            :
            [
                comparison,
                new RatchetComparison(
                    new Threshold(TotalKey, "retention", null, 1 - options.TotalMargin, options.Location), "retention of what the first accepted candidate knew",
                    [.. since.Select(task => Pair(task, Find(baseline, task)!.First!))], null, null),
            ];
    }

    /// <summary>Whether every outcome of the candidate is 0 or 1.</summary>
    public static bool IsRightOrWrong(TaskResult task, ImmutableArray<ItemRecord> items) => task.Kind != "perplexity" && IsRightOrWrong(items);

    /// <summary>Whether every outcome of the candidate is 0 or 1.</summary>
    public static bool IsRightOrWrong(ImmutableArray<ItemRecord> items) =>
        items.Length > 0 && items.All(item => item.Candidate.Invalid || item.Candidate.Score is 0 or 1);

    /// <summary>Items in the order of the bits.</summary>
    public static IEnumerable<ItemRecord> Ordered(ImmutableArray<ItemRecord> items) => items.OrderBy(item => item.Id, StringComparer.Ordinal);

    /// <summary>Whether the candidate answered right.</summary>
    public static bool IsRight(ItemRecord item) => !item.Candidate.Invalid && item.Candidate.Score == 1;

    private static BaselineTask? Find(Baseline baseline, RatchetTask task) => baseline.Tasks.FirstOrDefault(old =>
        old.Name == task.Name && old.Definition == task.Definition && old.Data == task.Data && old.Items == task.Records.Length && old.Right is not null);

    private static PairedTask Pair(RatchetTask task, string right)
    {
        ImmutableArray<bool> before = OutcomeBits.Read(right, task.Records.Length)!.Value;
        return new PairedTask(task.Name, false, task.Weight, [.. Ordered(task.Records).Select((record, i) => new PairedItem(
            record.Id, record.Cluster, record.Group, record.Chance, before[i] ? 1 : 0, record.Candidate.Score, 1, false, record.Candidate.Invalid))]);
    }
}

/// <summary>A task of the run as the ratchet sees it.</summary>
/// <param name="Name">Name.</param>
/// <param name="IsPerplexity">Whether it measures perplexity.</param>
/// <param name="Definition">Hash of its definition.</param>
/// <param name="Data">Hash of its questions.</param>
/// <param name="Weight">Weight in Sr.</param>
/// <param name="Records">Its records.</param>
internal sealed record RatchetTask(string Name, bool IsPerplexity, string Definition, string Data, double Weight, ImmutableArray<ItemRecord> Records)
{
    /// <summary>Whether the candidate's outcomes are right or wrong.</summary>
    public bool IsRightOrWrong => !IsPerplexity && RatchetRule.IsRightOrWrong(Records);
}
