using System.Collections.Immutable;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline.EarlyStopping;

/// <summary>The thresholds that can be decided while the candidate is still being asked; perplexity, Sr and SrCr never can.</summary>
/// <param name="Thresholds">The thresholds, at least one.</param>
/// <param name="Tasks">The tasks they are about.</param>
internal sealed record EarlyRules(ImmutableArray<Threshold> Thresholds, ImmutableArray<AskedTask> Tasks)
{
    /// <summary>Finds them; null when there is none.</summary>
    /// <param name="thresholds">The configured thresholds.</param>
    /// <param name="tasks">The tasks with the items that will be asked.</param>
    public static EarlyRules? Of(ImmutableArray<Threshold> thresholds, ImmutableArray<AskedTask> tasks)
    {
        ImmutableArray<Threshold> watched = [.. thresholds.Where(threshold => EarlyStoppingEngine.CanDecide(threshold) && tasks.Any(task => IsWatched(threshold, task)))];
        return watched.IsEmpty ? null : new EarlyRules(watched, [.. tasks.Where(task => watched.Any(threshold => IsWatched(threshold, task)))]);
    }

    /// <summary>Whether a threshold is about all tasks together.</summary>
    public bool Pooled => Thresholds.Any(threshold => threshold.Task is null);

    /// <summary>The rules with what is planned for them.</summary>
    /// <param name="order">The order of the items.</param>
    /// <param name="dense">The dense model's answers, all given before the first of the candidate's.</param>
    public ImmutableArray<EarlyRule> Planned(EarlyOrder order, ImmutableDictionary<string, ImmutableArray<ItemResult>> dense) =>
    [
        .. Thresholds.Select(threshold =>
        {
            AskedTask[] watched = [.. Tasks.Where(task => IsWatched(threshold, task))];
            double score = watched.SelectMany(task => dense[task.Definition.Name])
                .Average(result => result.Invalid || !(result.Score >= 0 && result.Score <= 1) ? 0 : result.Score);
            return new EarlyRule(
                threshold, score, watched.Min(task => task.Items.Min(item => item.Chance)), watched.Max(task => task.Items.Max(item => item.Chance)),
                order.DesignFor(threshold.Task));
        }),
    ];

    private static bool IsWatched(Threshold threshold, AskedTask task) =>
        !task.Definition.Measure.IsLoss && task.Items.Length > 0 && (threshold.Task is null || threshold.Task == task.Definition.Name);
}
