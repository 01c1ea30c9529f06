using System.Collections.Immutable;
using Gate.Core.Planning;
using Gate.Results;

namespace Gate.Core.Sweeps;

/// <summary>What a sweep found out.</summary>
public sealed record SweepOutcome
{
    /// <summary>Name of the layout.</summary>
    public string Format { get; init; } = "gate-sweep";

    /// <summary>Version of the layout.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Hash of the dense weights.</summary>
    public required string DenseWeightsHash { get; init; }

    /// <summary>Seed of splits and samples.</summary>
    public required long Seed { get; init; }

    /// <summary>Least lower bound of Sr a recommended recipe may have.</summary>
    public required double Floor { get; init; }

    /// <summary>Confidence of the bounds of Sr, one-sided.</summary>
    public required double Confidence { get; init; }

    /// <summary>Formula of SrCr.</summary>
    public required string SrCrFormula { get; init; }

    /// <summary>Questions of the search split.</summary>
    public required int SearchItems { get; init; }

    /// <summary>Questions of the verdict split; none is in the search split.</summary>
    public required int VerdictItems { get; init; }

    /// <summary>Tokens on which divergence was measured.</summary>
    public required int Tokens { get; init; }

    /// <summary>What calibrated methods saw, in words; null when there are none. It shares no line with the text and no 13 words with a question.</summary>
    public required string? Calibration { get; init; }

    /// <summary>Answers asked of candidates, each question once, and what asking every candidate everything would have taken.</summary>
    public required SweepCost Cost { get; init; }

    /// <summary>Format the candidates are written in, and sizes counted, as <c>output.format</c> names it; <c>dense</c> is counted as compressed-tensors packs it.</summary>
    public required string CandidateFormat { get; init; }

    /// <summary>Every candidate in the order of the grid, then the planned ones.</summary>
    public required ImmutableArray<SweepResult> Candidates { get; init; }

    /// <summary>The recipes no other beats in size and retention both.</summary>
    public required SweepFrontier Frontier { get; init; }

    /// <summary>Joint compression held against quantisation alone.</summary>
    public required ImmutableArray<SweepComparison> Comparisons { get; init; }

    /// <summary>Rank correlation of weight error and divergence over all candidates measured, or null.</summary>
    public required double? ErrorAgreement { get; init; }

    /// <summary>Name of the recommended recipe, or null when none keeps enough.</summary>
    public required string? Recommended { get; init; }

    /// <summary>The verdict on the recommended recipe, on the verdict split; null without one.</summary>
    public required SweepVerdict? Verdict { get; init; }
}

/// <summary>Work done by a sweep, in questions asked of candidates.</summary>
/// <param name="Asked">Asked.</param>
/// <param name="Exhaustive">What all candidates on the whole search split would have been asked.</param>
public sealed record SweepCost(long Asked, long Exhaustive);

/// <summary>One candidate.</summary>
/// <param name="Name">Its recipe in short.</param>
/// <param name="Scope">Which layers.</param>
/// <param name="Sparsity">Share of zeros in those layers.</param>
/// <param name="Bits">Bits per kept weight in those layers; their mean where layers differ.</param>
/// <param name="CompressionRate">TCr over all linear layers of the blocks.</param>
/// <param name="BitsPerWeight">Real bits per weight over the same layers.</param>
/// <param name="MaskedBitsPerWeight">The same if zeros were stored away behind a mask in those layers where that pays.</param>
/// <param name="Bytes">Bytes of the whole candidate in packed form.</param>
/// <param name="WeightError">Mean relative squared weight error.</param>
/// <param name="Divergence">From the dense model on the text, or null when dropped before.</param>
/// <param name="Kept">Share of a few known items still right, two-sided 95 % bounds, or null.</param>
/// <param name="Retention">Sr on <see cref="Questions"/> of the search split, or null.</param>
/// <param name="SrCr">SrCr on the same, or null.</param>
/// <param name="DroppedAt">Rung that dropped it, or null.</param>
/// <param name="BeatenBy">The candidate that is no larger and better, or null.</param>
public sealed record SweepResult(
    string Name, string Scope, double Sparsity, double Bits, double CompressionRate, double BitsPerWeight, double MaskedBitsPerWeight, long Bytes,
    double WeightError, Divergence? Divergence, Estimate? Kept, Estimate? Retention, Estimate? SrCr, int? DroppedAt, string? BeatenBy)
{
    /// <summary>For a planned recipe, what the planner chose and what it was held against; null for a recipe of the grid.</summary>
    public string? Planned { get; init; }

    /// <summary>Questions that Sr and SrCr rest on: all of the search split, or fewer where those showed the recipe below the floor; null without Sr.</summary>
    public int? Questions { get; init; }
}

/// <summary>Two recipes of one size on the same questions.</summary>
/// <param name="Equal">What is equal: TCr, real bytes, or nearly: real bits with a mask.</param>
/// <param name="Joint">The joint recipe.</param>
/// <param name="Quantized">The recipe that only quantises.</param>
/// <param name="Difference">Share of the questions both were asked that were answered right, joint minus quantised, with two-sided 95 % bounds; null when one of them was dropped before.</param>
/// <param name="Winner"><c>joint</c>, <c>quantised</c> or <c>neither</c> when the interval holds 0 or the better one is the larger.</param>
/// <param name="Evidence">In words.</param>
public sealed record SweepComparison(string Equal, string Joint, string Quantized, Estimate? Difference, string Winner, string Evidence);

/// <summary>The verdict on the recommended recipe.</summary>
/// <param name="State">pass, fail, inconclusive or not measured.</param>
/// <param name="ExitCode">Exit code.</param>
/// <param name="Sentence">In one sentence.</param>
/// <param name="Retention">Sr on the verdict split.</param>
/// <param name="SrCr">SrCr on the verdict split.</param>
public sealed record SweepVerdict(string State, int ExitCode, string Sentence, Estimate? Retention, Estimate? SrCr);
