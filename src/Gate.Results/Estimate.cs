namespace Gate.Results;

/// <summary>A ratio or difference with its one-sided bounds at the run's confidence.</summary>
/// <param name="Value">Point estimate, unrounded.</param>
/// <param name="Lower">Lower one-sided bound.</param>
/// <param name="Upper">Upper one-sided bound.</param>
public sealed record Estimate(double Value, double Lower, double Upper);
