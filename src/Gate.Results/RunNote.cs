namespace Gate.Results;

/// <summary>A warning or note of the run.</summary>
public sealed record RunNote(string Code, string Severity, string Message);
