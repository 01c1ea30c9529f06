using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.SrCr;
using Gate.Evaluation.Tasks;
using Gate.Results;

namespace Gate.Core.Sweeps;

/// <summary>A candidate on a split.</summary>
/// <param name="Judgement">Everything the verdict engine says.</param>
internal sealed record SearchScore(Judgement Judgement)
{
    public SuiteResult Suite => Judgement.Suite;

    /// <summary>Judges answers to a split.</summary>
    public static SearchScore Of(
        GateConfiguration configuration, ImmutableArray<AskedTask> tasks, ImmutableDictionary<string, ImmutableArray<ItemResult>> dense,
        ImmutableDictionary<string, ImmutableArray<ItemResult>> candidate, CompressionMeasures? measures, ImmutableArray<Threshold> thresholds)
    {
        PairedTask[] pairs = [.. tasks.Select(task => ItemPairs.Pair(
            task, configuration.Suite.Weights.GetValueOrDefault(task.Definition.Name, 1),
            ItemPairs.Records(task, dense[task.Definition.Name], candidate[task.Definition.Name])))];
        return new SearchScore(VerdictEngine.Judge(pairs, thresholds, configuration.Decision, measures));
    }
}
