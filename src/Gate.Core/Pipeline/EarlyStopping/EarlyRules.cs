using System.Collections.Immutable;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline.EarlyStopping;

/// <summary>Finds the thresholds that can be decided while the candidate is still being asked.</summary>
internal static class EarlyRules
{
    /// <summary>One rule for each threshold that can be decided early; perplexity, Sr and SrCr never can.</summary>
    /// <param name="thresholds">The configured thresholds.</param>
    /// <param name="tasks">The tasks with the items that will be asked.</param>
    /// <param name="dense">The dense model's answers, all given before the first of the candidate's.</param>
    public static ImmutableArray<EarlyRule> Of(
        ImmutableArray<Threshold> thresholds, ImmutableArray<AskedTask> tasks, ImmutableDictionary<string, ImmutableArray<ItemResult>> dense)
    {
        var rules = ImmutableArray.CreateBuilder<EarlyRule>();
        foreach (Threshold threshold in thresholds.Where(EarlyStoppingEngine.CanDecide))
        {
            AskedTask[] watched = [.. tasks.Where(task => IsWatched(threshold, task))];
            if (watched.Length > 0)
                rules.Add(RuleOf(threshold, watched, dense));
        }

        return rules.ToImmutable();
    }

    /// <summary>Whether a task's items say something about a threshold.</summary>
    public static bool IsWatched(Threshold threshold, AskedTask task) =>
        task.Definition.Kind != TaskKind.Perplexity && (threshold.Task is null || threshold.Task == task.Definition.Name);

    private static EarlyRule RuleOf(Threshold threshold, AskedTask[] watched, ImmutableDictionary<string, ImmutableArray<ItemResult>> dense)
    {
        double score = watched.SelectMany(task => dense[task.Definition.Name]).Average(result => result.Invalid || !(result.Score >= 0 && result.Score <= 1) ? 0 : result.Score);
        return new EarlyRule(
            threshold, score, watched.Min(task => task.Items.Min(item => item.Chance)), watched.Max(task => task.Items.Max(item => item.Chance)),
            watched.Max(task => task.Items.GroupBy(EarlyOrder.ClusterOf, StringComparer.Ordinal).Max(cluster => cluster.Count())));
    }
}
