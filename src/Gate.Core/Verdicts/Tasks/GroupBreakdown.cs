using System.Collections.Immutable;
using Gate.Results;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>A task's numbers by group. Report only: no rule reads them.</summary>
internal static class GroupBreakdown
{
    /// <summary>One row per group, largest loss of score first, then by name; empty when no item has a group.</summary>
    public static ImmutableArray<GroupResult> Of(TaskSample sample)
    {
        if (Array.TrueForAll(sample.Items, item => item.Group is null))
            return [];
        return
        [
            .. Enumerable.Range(0, sample.Count)
                .GroupBy(i => sample.Items[i].Group ?? "(none)", StringComparer.Ordinal)
                .Select(group => Row(sample, group.Key, [.. group]))
                .OrderByDescending(row => sample.IsPerplexity ? row.CandidateScore / row.DenseScore : row.DenseScore - row.CandidateScore)
                .ThenBy(row => row.Name, StringComparer.Ordinal),
        ];
    }

    private static GroupResult Row(TaskSample sample, string name, int[] items)
    {
        double dense = Score(sample, items, sample.Dense);
        double candidate = Score(sample, items, sample.Candidate);
        int forgotten = sample.IsRightWrong ? items.Count(i => sample.Dense[i] > sample.Candidate[i]) : 0;
        int gained = sample.IsRightWrong ? items.Count(i => sample.Dense[i] < sample.Candidate[i]) : 0;
        return new GroupResult(name, items.Length, dense, candidate, forgotten, gained);
    }

    private static double Score(TaskSample sample, int[] items, double[] scores)
    {
        double[] chosen = [.. items.Select(i => scores[i])];
        return sample.IsPerplexity
            ? PerplexityEvidence.Perplexity(chosen, [.. items.Select(i => sample.Tokens[i])])
            : chosen.Sum() / chosen.Length;
    }
}
