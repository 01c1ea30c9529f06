using System.Globalization;
using Gate.Compression.Recipes;
using Gate.Diagnostics;

namespace Gate.Core.Sweeps;

/// <summary>A budget for which the planner makes a recipe that is swept beside the grid.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Key">The key that names it, for messages.</param>
/// <param name="Place">Where it stands, or null.</param>
public sealed record SweepBudget(Budget Budget, string Key, SourceLocation? Place)
{
    /// <summary>For people: <c>planned 3.5 real bits</c>.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"planned {(Budget switch
        {
            { CompressionRate: { } rate } => $"TCr {rate:R}",
            { BitsPerWeight: { } bits } => $"{bits:R} real bits",
            { Ratio: { } ratio } => $"ratio {ratio:R}",
            _ => $"{Budget.Bytes} bytes",
        })}");
}
