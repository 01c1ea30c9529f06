using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Compression.Quantization;

/// <summary>A quantiser that is part of a GGUF block format: the format fixes bits, groups and grid, so a recipe names it and nothing else.</summary>
/// <param name="Name">As the configuration names it.</param>
/// <param name="Format">The block format.</param>
/// <param name="Bits">Bits of a code.</param>
/// <param name="HoldsZero">Whether 0 is on every grid, so that pruned weights stay exactly 0.</param>
public sealed record BlockMethod(string Name, GgufBlockFormat Format, int Bits, bool HoldsZero)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<BlockMethod> All { get; } =
    [
        new("q8_0", GgufBlockFormat.Q8_0, 8, true),
        new("q6_k", GgufBlockFormat.Q6_K, 6, true),
        new("q4_1", GgufBlockFormat.Q4_1, 4, false),
        new("q4_0", GgufBlockFormat.Q4_0, 4, true),
        new("q4_k", GgufBlockFormat.Q4_K, 4, false),
    ];

    /// <summary>Inputs of a block.</summary>
    public int BlockSize => GgufBlockFormats.ValuesPerBlock(Format);

    /// <summary>The method of a name, or null when it is no block format's.</summary>
    public static BlockMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);
}
