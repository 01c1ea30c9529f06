namespace Gate.Results;

/// <summary>Seconds spent in a phase.</summary>
public sealed record PhaseTime(string Name, double Seconds);
