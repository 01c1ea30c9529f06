using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.SrCr;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Sweeps;

/// <summary>What the verdict engine says of a candidate on a split, or on a part of one.</summary>
internal static class SearchScore
{
    /// <summary>Judges answers to a split.</summary>
    public static Judgement Of(
        GateConfiguration configuration, ImmutableArray<AskedTask> tasks, ImmutableDictionary<string, ImmutableArray<ItemResult>> dense,
        ImmutableDictionary<string, ImmutableArray<ItemResult>> candidate, CompressionMeasures? measures, ImmutableArray<Threshold> thresholds)
    {
        PairedTask[] pairs = [.. tasks.Select(task => ItemPairs.Pair(
            task, configuration.Suite.Weights.GetValueOrDefault(task.Definition.Name, 1),
            ItemPairs.Records(task, dense[task.Definition.Name], candidate[task.Definition.Name])))];
        return VerdictEngine.Judge(pairs, thresholds, configuration.Decision, measures);
    }
}
