namespace Gate.Core.Verdicts.Statistics;

/// <summary>A lower and an upper bound.</summary>
/// <param name="Lower">Lower bound.</param>
/// <param name="Upper">Upper bound.</param>
public readonly record struct Interval(double Lower, double Upper);
