using Gate.Core.Verdicts.EarlyStopping;
using Gate.Results;

namespace Gate.Core.Verdicts.Rules;

/// <summary>The sentence that says why a rule is in its state: value, interval, limit, counts, and what to do.</summary>
internal static class ReasonText
{
    /// <summary>Writes the sentence.</summary>
    /// <param name="evidence">What was measured.</param>
    /// <param name="measured">The value with its bounds.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="state">The state.</param>
    /// <param name="level">One-sided error probability.</param>
    /// <param name="rulesTogether">Number of rules in doubt when the breach is shown alone but not among all of them; otherwise 0.</param>
    /// <param name="unseen">Whether the limit is shown but for clusters that may be lost unseen.</param>
    /// <param name="more">About how many more items would decide, or null.</param>
    public static string For(
        Evidence evidence, Estimate measured, double limit, VerdictState state, double level, int rulesTogether, bool unseen, int? more)
    {
        string middle = state switch
        {
            VerdictState.Pass => $"shown to be {Needed(evidence, limit)}",
            VerdictState.Fail => $"shown to miss the limit, {Needed(evidence, limit)}",
            _ => $"not shown to be {Needed(evidence, limit)}, and not shown to miss it",
        };
        string together = rulesTogether > 0
            ? $" The breach shows at {NumberText.Percent(1 - level)} for this rule alone, but not among {NumberText.Count(rulesTogether, "rule")} that are not shown to hold (Holm)."
            : string.Empty;
        string advice = unseen ? UnseenAdvice(more) : Advice(evidence, limit, state, level, more);
        return $"{Start(evidence, measured, limit, level)}: {middle} ({Counts(evidence)}).{together}{(advice.Length == 0 ? string.Empty : " " + advice)}";
    }

    /// <summary>The sentence of a rule that the measured value decides.</summary>
    public static string Point(Evidence evidence, Estimate measured, double limit, VerdictState state, double level)
    {
        string needed = $"the limit is {Needed(evidence, limit)} (point rule)";
        string middle = state switch
        {
            VerdictState.Pass => needed,
            VerdictState.Fail => $"{needed} and is missed",
            _ => $"{needed} and is kept, on fewer than {NumberText.Count(PointRule.LeastItems, evidence.Noun)}",
        };
        string advice = Advice(evidence, limit, state, level, state == VerdictState.Inconclusive ? PointRule.LeastItems - evidence.Units : null);
        return $"{Start(evidence, measured, limit, level)}: {middle} ({Counts(evidence)}).{(advice.Length == 0 ? string.Empty : " " + advice)}";
    }

    /// <summary>The sentence of a rule that was decided, or left undecided, by evidence gathered while the run went on.</summary>
    public static string Early(Evidence evidence, Estimate measured, double limit, VerdictState state, double shown, EarlyOutcome early)
    {
        string needed = Needed(evidence, limit);
        string how = $"by a test that is valid at any time (evidence {NumberText.Against(Math.Min(shown, 1e9), 0)})";
        string middle = state switch
        {
            VerdictState.Pass => $"shown to be {needed} {how}",
            VerdictState.Fail => $"shown to miss the limit, {needed}, {how}",
            _ => $"not decided, {needed}: the run was stopped after {NumberText.Count(early.Items, "item")} for another rule",
        };
        string advice = state == VerdictState.Fail ? " " + Advice(evidence, limit, state, 1, null) : string.Empty;
        return $"{evidence.What} is {NumberText.Against(measured.Value, limit)} so far: {middle} ({Counts(evidence)}).{advice}";
    }

    private static string Needed(Evidence evidence, double limit) => $"{(evidence.AtLeast ? "at least" : "at most")} {NumberText.Exact(limit)}";

    private static string Start(Evidence evidence, Estimate measured, double limit, double level) =>
        $"{evidence.What} is {NumberText.Against(measured.Value, limit)}, {NumberText.Percent(1 - level)} bounds "
        + $"{NumberText.Against(measured.Lower, limit)} to {NumberText.Against(measured.Upper, limit)}";

    private static string Counts(Evidence evidence)
    {
        string counts = NumberText.Count(evidence.Items, evidence.Noun);
        if (evidence.Clusters < evidence.Items)
            counts += $" in {NumberText.Count(evidence.Clusters, "cluster")}";
        return evidence.Flips is var (forgotten, gained) ? $"{counts}, {forgotten} forgotten, {gained} gained" : counts;
    }

    private static string UnseenAdvice(int? more) =>
        $"It is shown where losses go together no more than in this sample, but not if clusters that it has not shown may be lost whole{(more is int count ? $"; about {NumberText.Count(count, "more item")} in new clusters would show that, too" : "")}. "
        + "Use more and smaller clusters, a wider limit, or set decision.unseenClusters to accept.";

    private static string Advice(Evidence evidence, double limit, VerdictState state, double level, int? more)
    {
        if (state == VerdictState.Fail)
            return "Use more bits, a lower sparsity or a better method, or accept the loss by changing the limit.";
        if (state != VerdictState.Inconclusive)
            return string.Empty;
        int least = evidence.LeastClusters(limit, level);
        if (evidence.Clusters < least)
            return $"With only {NumberText.Count(evidence.Clusters, "cluster")} nothing can be shown: use {evidence.Noun}s from at least {least} clusters.";
        string how = evidence.Clusters < evidence.Items ? " in new clusters" : string.Empty;
        return more is int count
            ? $"About {NumberText.Count(count, $"more {evidence.Noun}")}{how} would decide."
            : "The value sits on the limit: no number of items would decide; move the limit or the recipe.";
    }
}
