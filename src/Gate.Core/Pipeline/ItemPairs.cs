using System.Collections.Immutable;
using Gate.Core.Verdicts;
using Gate.Evaluation.Tasks;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>Both models' answers to the questions of one task, paired by id.</summary>
internal static class ItemPairs
{
    /// <summary>One record per question, in the order of the items.</summary>
    public static IEnumerable<ItemRecord> Records(AskedTask task, ImmutableArray<ItemResult> dense, ImmutableArray<ItemResult> candidate) =>
        task.Items.Select((item, i) => new ItemRecord
        {
            Task = task.Definition.Name,
            Id = item.Id,
            Cluster = item.Cluster,
            Group = item.Group,
            Question = item.Question ?? item.Prompt,
            Expected = item.Answers.Length > 0 ? item.Answers[0] : item.AnswerIndex >= 0 ? item.Choices[item.AnswerIndex] : "",
            Chance = item.Chance,
            Dense = Outcome(dense[i]),
            Candidate = Outcome(candidate[i]),
        });

    /// <summary>The pairs as the verdict reads them.</summary>
    public static PairedTask Pair(AskedTask task, double weight, IEnumerable<ItemRecord> records) => new(
        task.Definition.Name, task.Definition.Measure.IsLoss, weight,
        [.. records.Select(record => new PairedItem(
            record.Id, record.Cluster, record.Group, record.Chance, record.Dense.Score, record.Candidate.Score, record.Dense.Weight,
            record.Dense.Invalid, record.Candidate.Invalid))]);

    private static ItemOutcome Outcome(ItemResult result) => new()
    {
        Score = result.Score,
        Weight = result.Weight,
        Answer = result.Answer,
        Margin = result.Margin,
        Metrics = result.Metrics,
        Invalid = result.Invalid,
    };
}
