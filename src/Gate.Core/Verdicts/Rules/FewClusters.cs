using Gate.Core.Verdicts.Tasks;
using Gate.Results;

namespace Gate.Core.Verdicts.Rules;

/// <summary>
/// Says where a pass rests on so few clusters that losses which take whole clusters could go unseen more often than the confidence allows: no test
/// of a sample without a lost cluster can know of them.
/// </summary>
internal static class FewClusters
{
    /// <summary>One note for every rule that passes on few clusters.</summary>
    /// <param name="measurements">What was found for each threshold.</param>
    /// <param name="rules">The results, in the same order.</param>
    /// <param name="level">One-sided error probability of the decision.</param>
    public static IEnumerable<RunNote> Notes(IReadOnlyList<Measurement> measurements, IReadOnlyList<RuleResult> rules, double level)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].State == VerdictState.Pass && measurements[i].Evidence is { LossClusters: LossClusters clusters } evidence
                && clusters.Unseen(evidence.RetainedAt(rules[i].Limit)) is double unseen && unseen > level)
            {
                yield return new RunNote("GATE2190", "note",
                    $"{evidence.What} passes on {NumberText.Count(evidence.Clusters, "cluster")}: a loss as large as the limit allows that takes whole clusters would go unseen in "
                    + $"about {NumberText.WholePercent(unseen)} of such samples, more than the {NumberText.Percent(Math.Round(level, 10))} the confidence allows; "
                    + $"the measured correlation of losses within clusters is {clusters.Correlation.ToString("F2", System.Globalization.CultureInfo.InvariantCulture)}");
            }
        }
    }
}
