using Gate.Compression;
using Gate.Compression.Planning.Search;

namespace Gate.Core.Planning;

/// <summary>How a recipe is planned when none is configured.</summary>
/// <param name="Text">Absolute path of the text plans are compared on; null for the one that comes with the program.</param>
/// <param name="Tokens">Most tokens of it.</param>
public sealed record PlanningOptions(string? Text = null, int Tokens = 2048)
{
    /// <summary>How weights are removed and rounded.</summary>
    public PlanningMethods Methods { get; init; } = PlanningMethods.DataFree;

    /// <summary>In which format the candidate is written.</summary>
    public CandidateLayout Layout { get; init; }

    /// <summary>Most bytes of memory a candidate may take to make, or null.</summary>
    public long? Memory { get; init; }
}
