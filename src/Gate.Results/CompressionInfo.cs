using System.Collections.Immutable;

namespace Gate.Results;

/// <summary>How the candidate was made.</summary>
public sealed record CompressionInfo
{
    /// <summary>The recipe in one line, for example <c>magnitude 25 % (layer) + rtn 4 bit, group 64, symmetric</c>.</summary>
    public required string Recipe { get; init; }

    /// <summary>What happened to each compressed layer, in model order.</summary>
    public required ImmutableArray<LayerInfo> Layers { get; init; }
}
