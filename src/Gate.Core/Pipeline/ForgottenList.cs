using System.Collections.Immutable;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>What was forgotten: answered right by the dense model, wrong by the candidate.</summary>
internal static class ForgottenList
{
    /// <summary>The complete list, largest dense margin first; ties by suite order and id.</summary>
    public static ImmutableArray<ForgottenItem> Of(ImmutableArray<AskedTask> tasks, ImmutableArray<ItemRecord> records)
    {
        Dictionary<string, int> order = tasks.Where(task => !task.Definition.Measure.IsLoss)
            .Select((task, i) => (task.Definition.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i, StringComparer.Ordinal);
        return [.. records
            .Where(record => order.ContainsKey(record.Task) && IsRight(record.Dense) && !IsRight(record.Candidate))
            .OrderByDescending(record => record.Dense.Margin ?? double.NegativeInfinity)
            .ThenBy(record => order[record.Task]).ThenBy(record => record.Id, StringComparer.Ordinal)
            .Select(record => new ForgottenItem
            {
                Task = record.Task,
                Id = record.Id,
                Group = record.Group,
                Question = record.Question,
                Expected = record.Expected,
                DenseAnswer = record.Dense.Answer,
                CandidateAnswer = record.Candidate.Answer,
                DenseMargin = record.Dense.Margin,
            })];
    }

    private static bool IsRight(ItemOutcome outcome) => !outcome.Invalid && outcome.Score == 1;
}
