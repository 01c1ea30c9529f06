namespace Gate.Core.Verdicts.SrCr;

/// <summary>What a compression achieved, by theory.</summary>
/// <param name="TheoreticalCompressionRate">TCr in [0, 1].</param>
/// <param name="Sparsity">Realised share of zeros, or null when unknown.</param>
/// <param name="Bits">Mean bits per kept weight, or null when unknown.</param>
public sealed record CompressionMeasures(double TheoreticalCompressionRate, double? Sparsity = null, double? Bits = null);

/// <summary>A way to combine semantic retention and compression into one number.</summary>
/// <param name="Id">Stable id with version, printed beside every value.</param>
/// <param name="Formula">The formula in symbols, printed beside every value.</param>
/// <param name="NeedsSparsityAndBits">Whether TCr alone is not enough.</param>
/// <param name="Value">The number from Sr in [0, 1] and the compression; never decreases in Sr.</param>
public sealed record SrCrFormula(string Id, string Formula, bool NeedsSparsityAndBits, Func<double, CompressionMeasures, double> Value);
