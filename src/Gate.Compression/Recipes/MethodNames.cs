using Gate.Compression.Quantization;
using Gate.Diagnostics;

namespace Gate.Compression.Recipes;

/// <summary>The names a configuration may use.</summary>
public static class MethodNames
{
    /// <summary>Pruning methods.</summary>
    public static IReadOnlyList<string> Pruning { get; } = ["magnitude", "random", "l1-structured", "l2-structured", "wanda", "sparsegpt"];

    /// <summary>Quantisation methods.</summary>
    public static IReadOnlyList<string> Quantization { get; } = ["rtn", "gptq", .. BlockMethod.All.Select(method => method.Name)];

    /// <summary>What one pruning threshold may span.</summary>
    public static IReadOnlyList<string> Granularities { get; } = ["layer", "global", "row"];

    /// <summary>Names of the symmetric grids.</summary>
    public static IReadOnlyList<string> SymmetricRanges { get; } = ["restricted", "full"];

    /// <summary>What codes may stand for.</summary>
    public static IReadOnlyList<string> Grids { get; } = ["integer", "fp8-e4m3", "nf4", "mxfp4"];

    /// <summary>What one scale may span without groups.</summary>
    public static IReadOnlyList<string> ScaleGranularities { get; } = ["channel", "tensor"];

    /// <summary>Names of the range searches.</summary>
    public static IReadOnlyList<string> Clippings { get; } = ["none", "mse"];

    /// <summary>Names of the counting rules.</summary>
    public static IReadOnlyList<string> Counts { get; } = ["exact", "wanda"];

    /// <summary>What GPTQ may do with pruned weights.</summary>
    public static IReadOnlyList<string> MaskedPositions { get; } = ["keep", "quantize", "joint"];

    /// <summary>How calibration windows may be cut.</summary>
    public static IReadOnlyList<string> Windows { get; } = ["packed", "cropped"];

    /// <summary>Whether a pruning method looks at the inputs of a layer.</summary>
    public static bool NeedsInputs(PruningRecipe prune) => prune.Method is "wanda" or "sparsegpt";

    /// <summary>Whether a quantisation method looks at the inputs of a layer.</summary>
    public static bool NeedsInputs(QuantizationRecipe quantize) => quantize.Method is "gptq";

    internal static void EnsureKnown(string key, string name, IReadOnlyList<string> known, string code)
    {
        if (known.Contains(name, StringComparer.Ordinal))
            return;
        string? near = NearestName.Find(name, known);
        throw GateException.Usage(
            code, $"{key}: \"{name}\" is unknown; expected one of {string.Join(", ", known)}.",
            remedy: near is null ? $"Use \"{known[0]}\"." : $"Did you mean \"{near}\"?");
    }
}
