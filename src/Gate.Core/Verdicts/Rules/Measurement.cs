namespace Gate.Core.Verdicts.Rules;

/// <summary>What was found for one threshold: evidence, or the reason why there is none.</summary>
/// <param name="Threshold">The threshold.</param>
/// <param name="Evidence">The evidence, or null.</param>
/// <param name="Missing">Why it is missing; null with evidence.</param>
/// <param name="MissingCode">Diagnostic code of that reason.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Measurement(Threshold Threshold, Evidence? Evidence, string? Missing = null, string MissingCode = "GATE2003", string? Remedy = null);
