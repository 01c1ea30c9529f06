using Gate.Results;

namespace Gate.Core.Verdicts.Rules;

/// <summary>What the point rule needs, and what it does not claim.</summary>
internal static class PointRule
{
    /// <summary>Fewest items (known items, windows) on which a value that keeps its limit passes: with fewer, a candidate that lost a tenth of everything often shows no loss at all.</summary>
    public const int LeastItems = 30;

    /// <summary>One note for all rules that pass by their value alone.</summary>
    public static IEnumerable<RunNote> Notes(IReadOnlyList<RuleResult> rules)
    {
        RuleResult[] passed = [.. rules.Where(rule => rule.State == VerdictState.Pass)];
        if (passed.Length > 0)
        {
            yield return new RunNote("GATE2191", "note",
                $"decision.rule is point: {NumberText.Count(passed.Length, "threshold")} {(passed.Length == 1 ? "holds" : "hold")} for the items that were asked; a candidate exactly on a limit passes about every other time, "
                + "and nothing is claimed about other questions");
        }
    }
}
