using System.Collections.Immutable;
using System.Globalization;
using Gate.Compression.Recipes;
using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Sweeps;

/// <summary>
/// Does pruning and quantising beat quantising alone? Pairs of recipes over all layers that are equal in TCr, in real bytes, or in the bits they would
/// take with zeros behind a mask, held against each other on the same questions.
/// </summary>
internal static class JointComparison
{
    private const double SameBits = 0.02;

    public static ImmutableArray<SweepComparison> Of(IReadOnlyList<SweepCandidate> candidates)
    {
        SweepCandidate[] all = [.. candidates.Where(candidate => candidate.Cell.Scope == ScopeKind.All)];
        SweepCandidate[] quantized = [.. all.Where(candidate => candidate.Cell.Zeros.IsNone)];
        var comparisons = ImmutableArray.CreateBuilder<SweepComparison>();
        foreach (SweepCandidate joint in all.Where(candidate => !candidate.Cell.Zeros.IsNone && candidate.Cell.Bits < 16))
        {
            foreach (SweepCandidate alone in quantized.Where(alone => joint.Cell.Methods.EndsWith(alone.Cell.Methods, StringComparison.Ordinal)))
            {
                double rates = Math.Abs(joint.Cell.Plan.TheoreticalCompressionRate - alone.Cell.Plan.TheoreticalCompressionRate);
                if (rates < 1e-9)
                    comparisons.Add(Compare("TCr", joint, alone));
                if (joint.Cell.Plan.PackedBytes == alone.Cell.Plan.PackedBytes)
                    comparisons.Add(Compare("real bytes", joint, alone));
                else if (Math.Abs(joint.Cell.MaskedBits - alone.Cell.Plan.BitsPerWeight) <= SameBits)
                    comparisons.Add(Compare("real bits with a mask", joint, alone));
            }
        }

        return comparisons.ToImmutable();
    }

    private static SweepComparison Compare(string equal, SweepCandidate joint, SweepCandidate alone)
    {
        if (joint.Score is { } first && alone.Score is { } second)
        {
            int firstOnly = 0, secondOnly = 0;
            for (int i = 0; i < first.Right.Length; i++)
            {
                firstOnly += first.Right[i] && !second.Right[i] ? 1 : 0;
                secondOnly += second.Right[i] && !first.Right[i] ? 1 : 0;
            }

            int items = first.Right.Length;
            Interval interval = PairedDifferenceIntervals.Tango(firstOnly, secondOnly, items, 0.95);
            string winner = interval.Lower > 0 ? "joint" : interval.Upper < 0 ? "quantised" : "neither";
            return new SweepComparison(
                equal, joint.Cell.Name, alone.Cell.Name, new Estimate((double)(firstOnly - secondOnly) / items, interval.Lower, interval.Upper), winner,
                $"{firstOnly} right only by the joint recipe, {secondOnly} only by quantisation, of {items} questions");
        }

        if (joint.Divergence is { } a && alone.Divergence is { } b)
        {
            string winner = a.Upper < b.Lower ? "joint" : b.Upper < a.Lower ? "quantised" : "neither";
            return new SweepComparison(equal, joint.Cell.Name, alone.Cell.Name, null, winner, string.Create(
                CultureInfo.InvariantCulture, $"KL {a.Mean:0.####} [{a.Lower:0.####}, {a.Upper:0.####}] joint, {b.Mean:0.####} [{b.Lower:0.####}, {b.Upper:0.####}] quantised; one of them was dropped before the questions"));
        }

        return new SweepComparison(equal, joint.Cell.Name, alone.Cell.Name, null, "neither", "one of them was dropped by weight error");
    }
}
