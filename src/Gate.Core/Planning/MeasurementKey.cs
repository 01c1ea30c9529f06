using Gate.Compression;
using Gate.Compression.Planning.Search;
using Gate.Core.Caching;
using Gate.Core.Pipeline;

namespace Gate.Core.Planning;

/// <summary>Names everything that decides a measurement of damage.</summary>
internal static class MeasurementKey
{
    /// <summary>The key.</summary>
    /// <param name="dense">The dense model.</param>
    /// <param name="options">Methods, calibration and format.</param>
    /// <param name="text">The text that scales it, or null.</param>
    /// <param name="withZeros">Whether options with zeros are in it.</param>
    public static string Of(JudgedModel dense, PlanningOptions options, HeldOutText? text, bool withZeros)
    {
        PlanningMethods methods = options.Methods;
        return ContentHash.Of(
            "gate measurement 3", dense.Engine, typeof(Compressor).Module.ModuleVersionId.ToString("N"), typeof(RecipePlanning).Module.ModuleVersionId.ToString("N"),
            dense.WeightsHash, text?.Hash ?? "", methods.Prune, methods.Quantize, (methods.Calibration is null ? null : methods.Calibration with { Data = "" })?.ToString() ?? "",
            CandidateMaking.HashOf(methods.Calibration), $"{options.Layout}", withZeros ? "zeros" : "");
    }
}
