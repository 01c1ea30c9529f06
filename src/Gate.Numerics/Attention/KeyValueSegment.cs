namespace Gate.Numerics.Attention;

/// <summary>Keys and values of consecutive positions: one node of a prefix tree, or one page of a cache.</summary>
/// <param name="Keys">[positions, key stride], row-major.</param>
/// <param name="Values">[positions, value stride], row-major.</param>
/// <param name="Positions">Number of positions, at least 0.</param>
public readonly record struct KeyValueSegment(ReadOnlyMemory<float> Keys, ReadOnlyMemory<float> Values, int Positions);
