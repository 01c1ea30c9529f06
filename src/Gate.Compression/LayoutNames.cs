using System.Collections.Immutable;

namespace Gate.Compression;

/// <summary>The formats of a candidate as people write and read them.</summary>
public static class LayoutNames
{
    private static readonly ImmutableArray<(string Name, CandidateLayout Layout)> Known =
    [
        ("dense", CandidateLayout.Dense),
        ("compressed-tensors", CandidateLayout.CompressedTensors),
        ("compressed-tensors-0.16", CandidateLayout.CompressedTensorsPadded),
        ("gptq", CandidateLayout.Gptq),
        ("awq", CandidateLayout.Awq),
        ("gguf", CandidateLayout.Gguf),
    ];

    /// <summary>Every name.</summary>
    public static ImmutableArray<string> All { get; } = [.. Known.Select(known => known.Name)];

    /// <summary>The layout of a name; dense without one.</summary>
    public static CandidateLayout Parse(string? name) => Known.FirstOrDefault(known => known.Name == name).Layout;

    /// <summary>The name of a layout: <c>compressed-tensors-0.16</c>.</summary>
    public static string Of(CandidateLayout layout) => Known.First(known => known.Layout == layout).Name;
}
