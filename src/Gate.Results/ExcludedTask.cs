namespace Gate.Results;

/// <summary>A task outside Sr.</summary>
public sealed record ExcludedTask(string Name, string Reason);
