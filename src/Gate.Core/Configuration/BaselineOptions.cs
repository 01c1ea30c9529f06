using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>The last accepted candidate, and whether a new one must keep up with it.</summary>
/// <param name="Path">The baseline file.</param>
/// <param name="IsRatchet">Whether the run has the rule <c>baseline.retention</c>.</param>
/// <param name="Margin">How much of the accepted candidate's knowledge may be missing: the rule's limit is 1 − margin.</param>
/// <param name="TotalMargin">How much of the first accepted candidate's knowledge may be missing after any number of updates: the limit of <c>baseline.total</c> is 1 − this.</param>
/// <param name="Location">Where it is configured, or null.</param>
public sealed record BaselineOptions(NamedPath Path, bool IsRatchet, double Margin, double TotalMargin, SourceLocation? Location);
