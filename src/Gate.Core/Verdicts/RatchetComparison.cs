namespace Gate.Core.Verdicts;

/// <summary>The candidate against an earlier one on the same questions: one more rule, judged together with the others.</summary>
/// <param name="Threshold">The rule; its limit is the least retention of the earlier candidate's knowledge.</param>
/// <param name="What">What is measured, for sentences.</param>
/// <param name="Tasks">Pairs whose dense side is the earlier candidate.</param>
/// <param name="Missing">Why nothing can be compared, or null; then the rule is not measured.</param>
/// <param name="Remedy">What to do about it, or null.</param>
public sealed record RatchetComparison(Threshold Threshold, string What, IReadOnlyList<PairedTask> Tasks, string? Missing, string? Remedy);
