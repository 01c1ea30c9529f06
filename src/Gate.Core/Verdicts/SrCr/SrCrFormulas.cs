using Gate.Diagnostics;

namespace Gate.Core.Verdicts.SrCr;

/// <summary>
/// The known SrCr formulas. The closed form of the publication that coined the name (arXiv 2505.07289) could not be verified; formulas are
/// data with an id so that it can be added without changing results files.
/// </summary>
public static class SrCrFormulas
{
    /// <summary>Id of the default formula.</summary>
    public const string DefaultId = "srcr-product/1";

    /// <summary>All formulas.</summary>
    public static IReadOnlyList<SrCrFormula> All { get; } =
    [
        new(DefaultId, "Sr · TCr", false, (sr, size) => sr * size.TheoreticalCompressionRate),
        new("srcr-geo/1", "√(Sr · TCr)", false, (sr, size) => Math.Sqrt(sr * size.TheoreticalCompressionRate)),
        new("srcr-harmonic/1", "2 · Sr · TCr / (Sr + TCr)", false, (sr, size) => Harmonic(sr, size.TheoreticalCompressionRate)),
        new("srcr-sqrtlog/1", "Sr · (½·√s + ½·log2(16/q)/4) (conjecture, not the published formula)", true,
            (sr, size) => sr * ((0.5 * Math.Sqrt(size.Sparsity!.Value)) + (0.5 * Math.Log2(16 / size.Bits!.Value) / 4))),
    ];

    /// <summary>The formula with this id.</summary>
    /// <exception cref="GateException">GATE2025 (exit 2): there is no such formula; the nearest id is named.</exception>
    public static SrCrFormula Find(string id) =>
        All.FirstOrDefault(formula => string.Equals(formula.Id, id, StringComparison.Ordinal))
        ?? throw new GateException(Unknown(id), ExitCode.InvalidUsage);

    /// <summary>The diagnostic for an unknown id.</summary>
    internal static Diagnostic Unknown(string id) => new(
        "GATE2025", Severity.Error,
        $"there is no SrCr formula '{id}'; expected one of {string.Join(", ", All.Select(formula => formula.Id))}",
        Remedy: NearestName.Find(id, All.Select(formula => formula.Id)) is string near ? $"Write {near}." : $"Write {DefaultId}.");

    private static double Harmonic(double sr, double tcr) => sr + tcr > 0 ? 2 * sr * tcr / (sr + tcr) : 0;
}
