namespace Gate.Results;

/// <summary>A metric on both models.</summary>
public sealed record MetricPair(string Name, double Dense, double Candidate);
