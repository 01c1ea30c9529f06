namespace Gate.Diagnostics;

/// <summary>What <c>gate explain CODE</c> prints and the reference page lists.</summary>
/// <param name="Code">For example <c>GATE3004</c>.</param>
/// <param name="Title">A few words.</param>
/// <param name="Cause">Why it happens.</param>
/// <param name="Remedy">What to do.</param>
public sealed record DiagnosticEntry(string Code, string Title, string Cause, string Remedy);
