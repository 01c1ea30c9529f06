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
    /// <param name="confidence">One-sided confidence.</param>
    /// <param name="point">Whether the point rule decided.</param>
    /// <param name="rulesTogether">Number of rules when the breach is shown alone but not among all of them; otherwise 0.</param>
    /// <param name="more">About how many more items would decide, or null.</param>
    public static string For(
        Evidence evidence, Estimate measured, double limit, VerdictState state, double confidence, bool point, int rulesTogether, int? more)
    {
        string needed = $"{(evidence.AtLeast ? "at least" : "at most")} {NumberText.Exact(limit)}";
        string start = $"{evidence.What} is {NumberText.Against(measured.Value, limit)}, {NumberText.Percent(confidence)} bounds "
            + $"{NumberText.Against(measured.Lower, limit)} to {NumberText.Against(measured.Upper, limit)}";
        string middle = state switch
        {
            VerdictState.Pass when point => $"the limit is {needed} (point rule)",
            VerdictState.Fail when point => $"the limit is {needed} (point rule) and is missed",
            VerdictState.Pass => $"shown to be {needed}",
            VerdictState.Fail => $"shown to miss the limit, {needed}",
            _ => $"not shown to be {needed}, and not shown to miss it",
        };
        string together = rulesTogether > 0
            ? $" The breach shows at {NumberText.Percent(confidence)} for this rule alone, but not among {NumberText.Count(rulesTogether, "rule")} (Holm)."
            : string.Empty;
        string advice = Advice(evidence, state, more);
        return $"{start}: {middle} ({Counts(evidence)}).{together}{(advice.Length == 0 ? string.Empty : " " + advice)}";
    }

    /// <summary>The sentence of a rule that was decided, or left undecided, by evidence gathered while the run went on.</summary>
    public static string Early(Evidence evidence, Estimate measured, double limit, VerdictState state, double shown, EarlyOutcome early)
    {
        string needed = $"{(evidence.AtLeast ? "at least" : "at most")} {NumberText.Exact(limit)}";
        string how = $"by a test that is valid at any time (evidence {NumberText.Against(Math.Min(shown, 1e9), 0)})";
        string middle = state switch
        {
            VerdictState.Pass => $"shown to be {needed} {how}",
            VerdictState.Fail => $"shown to miss the limit, {needed}, {how}",
            _ => $"not decided, {needed}: the run was stopped after {NumberText.Count(early.Items, "item")} for another rule",
        };
        string advice = state == VerdictState.Fail ? " " + Advice(evidence, state, null) : string.Empty;
        return $"{evidence.What} is {NumberText.Against(measured.Value, limit)} so far: {middle} ({Counts(evidence)}).{advice}";
    }

    private static string Counts(Evidence evidence)
    {
        string counts = NumberText.Count(evidence.Items, evidence.Noun);
        if (evidence.Clusters < evidence.Items)
            counts += $" in {NumberText.Count(evidence.Clusters, "cluster")}";
        return evidence.Flips is var (forgotten, gained) ? $"{counts}, {forgotten} forgotten, {gained} gained" : counts;
    }

    private static string Advice(Evidence evidence, VerdictState state, int? more)
    {
        if (state == VerdictState.Fail)
            return "Use more bits, a lower sparsity or a better method, or accept the loss by changing the limit.";
        if (state != VerdictState.Inconclusive)
            return string.Empty;
        if (evidence.Clusters < 5)
            return $"With only {NumberText.Count(evidence.Clusters, "cluster")} nothing can be shown: use {evidence.Noun}s from at least 5 clusters.";
        string how = evidence.Clusters < evidence.Items ? $"{evidence.Noun}s in new clusters" : $"{evidence.Noun}s";
        return more is int count
            ? $"About {count.ToString(System.Globalization.CultureInfo.InvariantCulture)} more {how} would decide."
            : "The value sits on the limit: no number of items would decide; move the limit or the recipe.";
    }
}
