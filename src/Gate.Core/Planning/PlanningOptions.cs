namespace Gate.Core.Planning;

/// <summary>How a recipe is planned when none is configured.</summary>
/// <param name="Text">Absolute path of the text plans are compared on; null for the one that comes with the program.</param>
/// <param name="Tokens">Most tokens of it.</param>
public sealed record PlanningOptions(string? Text = null, int Tokens = 2048);
